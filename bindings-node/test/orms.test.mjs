// Transactions that an ORM opens on the connection of an inbox become savepoints of the inbox's transaction. Otherwise its COMMIT would end the
// inbox's transaction, and the retry of an event whose handler fails afterwards would write everything again.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import Database from "better-sqlite3";
import { SqlInbox } from "@payvost/webhooks/stores";
import { deliveryOf, recording } from "../test-support/deliveries.mjs";
import { eachStore, run } from "../test-support/stores.mjs";

const consumers = createRequire(new URL("../consumers/", import.meta.url));

/** Each opens a transaction on the connection, and runs `work` in it with a function that runs a statement. */
const ORMS = {
  postgres: {
    async "plain statements"(client, work) {
      await client.query("BEGIN ISOLATION LEVEL READ COMMITTED");
      try {
        await work((text) => client.query({ text, values: [] }));
        await client.query({ text: "commit;", name: "end" });
      } catch (error) {
        await client.query("/* why */ ROLLBACK");
        throw error;
      }
    },
    drizzle(client, work) {
      const { sql } = consumers("drizzle-orm");
      return consumers("drizzle-orm/node-postgres").drizzle(client).transaction((tx) => work((text) => tx.execute(sql.raw(text))), { isolationLevel: "read committed" });
    },
    knex(client, work) {
      return consumers("knex")({ client: "pg" }).transaction((trx) => work((text) => trx.raw(text)), { connection: client });
    },
    kysely: (client, work) => inKysely(({ PostgresDialect }) => new PostgresDialect({ pool: { connect: async () => client, end: async () => {} } }), work),
    async TypeORM(client, work) {
      // TypeORM accepts this as the module pg.
      class Pool {
        on() {}
        connect(callback) {
          callback(undefined, client, () => {});
        }
        end(callback) {
          callback();
        }
      }
      const source = new (consumers("typeorm").DataSource)({ type: "postgres", driver: { Pool } });
      await source.initialize();
      await source.transaction((manager) => work((text) => manager.query(text)));
      await source.destroy();
    },
  },
  mariadb: {
    async "its own beginTransaction"(connection, work) {
      await connection.beginTransaction();
      try {
        await work((text) => connection.execute(text));
        await connection.commit();
      } catch (error) {
        await connection.rollback();
        throw error;
      }
    },
    drizzle(connection, work) {
      const { sql } = consumers("drizzle-orm");
      return consumers("drizzle-orm/mysql2").drizzle(connection).transaction((tx) => work((text) => tx.execute(sql.raw(text))));
    },
    knex(connection, work) {
      return consumers("knex")({ client: "mysql2" }).transaction((trx) => work((text) => trx.raw(text)), { connection: connection.connection });
    },
    kysely(connection, work) {
      const pool = { getConnection: (callback) => callback(null, connection.connection), end: (callback) => callback() };
      return inKysely(({ MysqlDialect }) => new MysqlDialect({ pool }), work);
    },
  },
  sqlite: {
    async "plain statements"(database, work) {
      database.exec("BEGIN IMMEDIATE");
      try {
        await work((text) => database.exec(text));
        database.exec("COMMIT;");
      } catch (error) {
        database.exec("ROLLBACK");
        throw error;
      }
    },
    "its own transaction": (database, work) => database.transaction(() => void work((text) => database.exec(text)))(),
    drizzle(database, work) {
      const { sql } = consumers("drizzle-orm");
      return consumers("drizzle-orm/better-sqlite3").drizzle(database).transaction((tx) => void work((text) => tx.run(sql.raw(text))));
    },
    knex(database, work) {
      const knex = consumers("knex")({ client: "better-sqlite3", useNullAsDefault: true });
      return knex.transaction((trx) => work((text) => trx.raw(text)), { connection: database });
    },
    kysely: (database, work) => inKysely(({ SqliteDialect }) => new SqliteDialect({ database: Object.assign(Object.create(database), { close() {} }) }), work),
  },
};

async function inKysely(dialectOf, work) {
  const kysely = consumers("kysely");
  const database = new kysely.Kysely({ dialect: dialectOf(kysely) });
  await database.transaction().execute((trx) => work((text) => kysely.sql.raw(text).execute(trx)));
}

eachStore(["postgres inbox", "mariadb inbox", "sqlite inbox"], (name, open) => {
  let count = 0;
  /** An inbox, a table of effects, and a function that counts its rows. */
  async function opened() {
    // Loading an ORM takes a while, in which nothing else runs.
    const { store, client } = await open({ timeoutSeconds: 20 });
    const effects = `effects_${++count}`;
    await run(client, `CREATE TABLE ${effects} (id varchar(64))`);
    return { store, client, effects, rows: async () => (await run(client, `SELECT id FROM ${effects} ORDER BY id`)).map(({ id }) => id) };
  }

  for (const [orm, transaction] of Object.entries(ORMS[name.replace(" inbox", "")])) {
    test(`${orm}: a transaction and a later failure leave nothing behind, and the retry writes once`, async () => {
      const { store, effects, rows } = await opened();
      const { receiver, codes, logged } = recording(store, async ({ id }, { attempt, connection }) => {
        await transaction(connection, (say) => say(`INSERT INTO ${effects} VALUES ('${id}')`));
        if (attempt === 1) throw new TypeError("later");
        await transaction(connection, (say) => say(`INSERT INTO ${effects} VALUES ('${id}, twice')`));
      });
      await receiver.receive(...deliveryOf("evt_1"));
      assert.deepEqual([codes, await rows()], [["handler_failed"], []], logged("error").join());
      await receiver.receive(...deliveryOf("evt_1"));
      await receiver.receive(...deliveryOf("evt_1"));
      assert.deepEqual([codes.slice(1), await rows()], [["handled", "already_handled"], ["evt_1", "evt_1, twice"]], logged("error").join());
    });

    test(`${orm}: a failed transaction rolls back only its own writes`, async () => {
      const { store, effects, rows } = await opened();
      const { receiver, codes, logged } = recording(store, async (_event, { connection }) => {
        await transaction(connection, (say) => say(`INSERT INTO ${effects} VALUES ('kept')`));
        const failing = async () => transaction(connection, (say) => {
          const saying = say(`INSERT INTO ${effects} VALUES ('taken back')`);
          if (name === "sqlite inbox" && !(saying instanceof Promise)) throw new TypeError("in it");
          return Promise.resolve(saying).then(() => Promise.reject(new TypeError("in it")));
        });
        await assert.rejects(failing(), { message: /in it/ });
      });
      await receiver.receive(...deliveryOf("evt_1"));
      assert.deepEqual([codes, await rows()], [["handled"], ["kept"]], logged("error").join());
    });
  }

  test("a handler that commits and then fails: its event is parked, and written once", async () => {
    const { store, client, effects, rows } = await opened();
    // MySQL commits before it creates anything.
    const commit = name === "mariadb inbox" ? `CREATE TABLE ${effects}_more (id int)` : "COMMIT";
    let calls = 0;
    const { receiver, codes } = recording(store, async ({ id }, { connection }) => {
      calls += 1;
      await run(connection, `INSERT INTO ${effects} VALUES ('${id}')`);
      if (calls > 1) return;
      await run(connection, commit);
      throw new TypeError("later");
    });
    for (const _attempt of [1, 2, 3]) assert.equal((await receiver.receive(...deliveryOf("evt_1"))).status, 500);
    const [{ key, reason }] = await store.deadLetters();
    assert.deepEqual([calls, reason, await rows(), codes], [1, "parked", ["evt_1"], ["handler_failed", "handler_failed", "handler_failed"]]);
    await run(client, `DELETE FROM ${effects}`);
    assert.equal((await receiver.retry(key)).status, 200);
    assert.deepEqual([calls, await rows()], [2, ["evt_1"]]);
  });

  test("a connection that the handler releases stays with the inbox, and is restored afterwards", { skip: name === "sqlite inbox" }, async () => {
    const { store, client, effects, rows } = await opened();
    const seen = new Set();
    const { receiver, codes } = recording(store, async ({ id }, { connection }) => {
      seen.add(connection.connection ?? connection);
      connection.release();
      const other = await (client.getConnection ?? client.connect).call(client);
      assert.notEqual(other.connection ?? other, connection.connection ?? connection);
      other.release();
      await run(connection, "BEGIN");
      await run(connection, `INSERT INTO ${effects} VALUES ('${id}')`);
    });
    for (const id of ["evt_1", "evt_2"]) await receiver.receive(...deliveryOf(id));
    assert.deepEqual([codes, await rows()], [["handled", "handled"], ["evt_1", "evt_2"]]);
    for (const connection of seen) assert.ok(!Object.hasOwn(connection, "query"));
  });
});

test("statements outside a claim are left unchanged", async () => {
  const database = new Database(":memory:");
  const store = new SqlInbox(database);
  await store.createTable();
  const { receiver, codes } = recording(store, (_event, { connection }) => void connection.exec("BEGIN; COMMIT".slice(0, 5)));
  await receiver.receive(...deliveryOf("evt_1"));
  assert.deepEqual([codes, Object.hasOwn(database, "exec"), Object.hasOwn(database, "prepare")], [["handled"], false, false]);
  database.exec("BEGIN");
  assert.ok(database.inTransaction);
  database.exec("COMMIT");
  assert.ok(!database.inTransaction);
});
