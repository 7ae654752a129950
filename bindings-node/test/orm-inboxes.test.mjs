// An inbox on an ORM: claim, effect and completion share one transaction of the ORM. Each ORM on real databases, with a receiver over HTTP.
// ALL_ORMS=1 runs each of them on each database; otherwise MariaDB and SQLite have two of them each.
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ConfigurationError, WebhookReceiver } from "@payvost/webhooks";
import { httpListener } from "@payvost/webhooks/http";
import { SqlInbox, SqlStore } from "@payvost/webhooks/stores";
import { sampleEvent, signedRequest } from "@payvost/webhooks/testing";
import { SECRET, deliveryOf, recording } from "../test-support/deliveries.mjs";
import { ORMS } from "../test-support/orms.mjs";
import { clientOf } from "../test-support/services.mjs";
import { Services, run } from "../test-support/stores.mjs";
import { TYPES } from "../test-support/types.mjs";

const TABLE = {
  postgres: "CREATE TABLE payments (seq serial PRIMARY KEY, id varchar(64))",
  mariadb: "CREATE TABLE payments (seq int AUTO_INCREMENT PRIMARY KEY, id varchar(64))",
  sqlite: "CREATE TABLE payments (seq integer PRIMARY KEY, id varchar(64))",
};

let count = 0;
const services = new Services();
after(() => services.remove());

/** Serves a receiver, and returns a function that delivers to it. */
async function serving(context, receiver) {
  const server = createServer(httpListener(receiver)).listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return async (event, headers = {}) => {
    const request = signedRequest(event, SECRET);
    const response = await fetch(`http://127.0.0.1:${server.address().port}/`, { method: "POST", body: request.body, headers: { ...request.headers, ...headers } });
    await response.text();
    return response.status;
  };
}

/** What is left out unless everything is asked for: the drivers differ in their dialects, and each dialect has been tried with others. */
const LONG = { postgres: ["Drizzle with postgres.js"], mariadb: ["Prisma", "Drizzle", "Kysely"], sqlite: ["Prisma", "TypeORM", "Knex"] };

for (const [kind, orms] of Object.entries(ORMS)) {
  for (const [name, orm] of Object.entries(orms)) {
    if (!process.env.ALL_ORMS && LONG[kind].includes(name)) continue;
    describe(`${name} on ${kind}`, () => {
      let url, opened, plain, rows;
      before(async () => {
        ({ url } = orm.isAlone ? {} : await services.start(kind));
        opened = await orm.open(url);
        if (orm.isAlone) {
          await opened.client.exec(TABLE[kind]);
          rows = async () => (await opened.client.query("SELECT id FROM payments ORDER BY seq")).rows.map(({ id }) => id);
        } else {
          // Read with another client: what it sees is committed.
          plain = await clientOf(kind, url);
          await run(plain.client, "DROP TABLE IF EXISTS payments");
          await run(plain.client, TABLE[kind]);
          rows = async () => (await run(plain.client, "SELECT id FROM payments ORDER BY seq")).map(({ id }) => id);
        }
      });
      after(async () => {
        await opened.end();
        await plain?.end();
      });

      /** An inbox with keys of its own, and the payments of this test. */
      async function inboxOf(options) {
        const own = `orm${++count}`;
        const store = new SqlInbox(opened.client, { prefix: own, table: own, timeoutSeconds: 20, ...options });
        await store.createTable();
        const before = (await rows()).length;
        return { store, own, payments: async () => (await rows()).slice(before) };
      }

      test("each documented event has its effect once, and a refused one has none", async (context) => {
        const { store, payments } = await inboxOf();
        const { receiver, codes } = recording(store, async ({ id }, { connection }) => void (await orm.write(connection, id)));
        const deliver = await serving(context, receiver);
        const events = [...TYPES, "comet.sighted"].map((type, index) => sampleEvent(TYPES.includes(type) ? type : "user.created", { type, id: `evt_${index}_é` }));
        for (const event of events) assert.equal(await deliver(event), 200);
        for (const event of events) assert.equal(await deliver(event), 200);
        assert.equal(await deliver(events[0], { "Payvost-Signature": "0".repeat(64) }), 400);
        assert.equal(await deliver("{"), 400);
        assert.deepEqual(await payments(), events.map(({ id }) => id));
        assert.deepEqual([codes.slice(0, 17).every((code) => code === "handled"), codes.slice(17, 34).every((code) => code === "already_handled")], [true, true]);
        assert.equal(await deliver({ ...events[0], createdAt: "2025-11-02T10:00:00Z" }), 409);
        assert.deepEqual(await store.deadLetters(), []);
      });

      test("64 duplicates at once have one effect", async (context) => {
        const { store, payments } = await inboxOf();
        const { receiver, codes, logged } = recording(store, async ({ id }, { connection }) => void (await orm.write(connection, id)));
        const deliver = await serving(context, receiver);
        const event = sampleEvent("payment.succeeded", { id: "evt_64" });
        const statuses = await Promise.all(Array.from({ length: 64 }, () => deliver(event)));
        assert.deepEqual(await payments(), ["evt_64"], logged("error").join());
        assert.equal(codes.filter((code) => code === "handled").length, 1);
        assert.ok(statuses.every((status) => [200, 409, 503].includes(status)), statuses.join());
        assert.equal(await deliver(event), 200);
      });

      test("a handler that throws after it wrote leaves nothing but a dead letter, and the retry writes once", async (context) => {
        const { store, payments } = await inboxOf();
        const { receiver, codes } = recording(store, async ({ id }, { connection, attempt, extend, key }) => {
          await orm.write(connection, id);
          assert.equal(typeof extend, "function");
          if (attempt === 1) throw new RangeError(key);
        });
        const deliver = await serving(context, receiver);
        const event = sampleEvent("payment.succeeded", { id: "evt_throws" });
        assert.equal(await deliver(event), 500);
        assert.deepEqual(await payments(), []);
        const [letter] = await store.deadLetters();
        assert.deepEqual([letter.reason, letter.error, letter.attempts, letter.eventType], ["failed", "RangeError", 1, "payment.succeeded"]);
        assert.equal((await receiver.retry(letter.key)).status, 200);
        assert.equal(await deliver(event), 200);
        assert.deepEqual([await payments(), codes], [["evt_throws"], ["handler_failed", "handled", "already_handled"]]);
        assert.deepEqual(await store.deadLetters(), []);
      });

      test("a handler that ends the transaction itself: a commit parks the event, a rollback does not", async (context) => {
        const { store, payments } = await inboxOf();
        let calls = 0;
        const { receiver, codes, logged } = recording(store, async ({ id }, { connection }) => {
          calls += 1;
          await orm.write(connection, id);
          await orm.send(connection, id === "evt_commits" ? "COMMIT" : "ROLLBACK");
        });
        const deliver = await serving(context, receiver);
        for (let time = 0; time < 2; time++) assert.equal(await deliver(sampleEvent("payment.succeeded", { id: "evt_commits" })), 500);
        assert.deepEqual([calls, await payments(), codes], [1, ["evt_commits"], ["handler_failed", "handler_failed"]], logged("error").join());
        assert.deepEqual((await store.deadLetters()).map(({ reason }) => reason), ["parked"]);
        for (let time = 0; time < 2; time++) assert.equal(await deliver(sampleEvent("payment.succeeded", { id: "evt_rolls_back" })), 500);
        assert.deepEqual([calls, await payments()], [3, ["evt_commits"]]);
      });

      test("extend is true while the transaction holds, and a nested transaction rolls back only its own writes", async () => {
        const { store, payments } = await inboxOf();
        const { receiver, codes } = recording(store, async ({ id }, claim) => {
          assert.equal(await claim.extend(), true);
          if (orm.nested) {
            await orm.nested(claim.connection, (nested) => orm.write(nested, `${id} nested`));
            const failing = orm.nested(claim.connection, async (nested) => {
              await orm.write(nested, `${id} taken back`);
              throw new TypeError("in it");
            });
            await assert.rejects(failing, /in it/);
          }
          await orm.write(claim.connection, id);
          await assert.rejects(claim.handOver(), ConfigurationError);
        });
        await receiver.receive(...deliveryOf("evt_nested"));
        assert.deepEqual([codes, await payments()], [["handled"], [...(orm.nested ? ["evt_nested nested"] : []), "evt_nested"]]);
      });

      test("a worker that is killed after the effect has none, and the next delivery is handled", { skip: orm.isAlone }, async () => {
        const { store, own, payments } = await inboxOf({ leaseSeconds: 1 });
        const path = fileURLToPath(new URL("../test-support/orm-worker.mjs", import.meta.url));
        const worker = fork(path, [JSON.stringify({ kind, name, url, options: { prefix: own, table: own } })]);
        const [, signal] = await once(worker, "exit");
        assert.equal(signal, "SIGKILL");
        const { receiver, codes } = recording(store, async ({ id }, { connection }) => void (await orm.write(connection, id)));
        for (let attempt = 0; attempt < 50 && (await receiver.receive(...deliveryOf("evt_killed"))).status !== 200; attempt++) await sleep(100);
        assert.deepEqual([codes.at(-1), await payments()], ["handled", ["evt_killed"]]);
      });

      test("the transaction of the caller: claimed first, completed before its commit, answered after it", { skip: !orm.own }, async () => {
        const { store, payments } = await inboxOf();
        let fails = false;
        const { receiver, codes, logged } = recording(store, async ({ id }, { connection }) => {
          await orm.write(connection, id);
          if (fails) throw new RangeError();
        });
        const receiveIn = (id, then = () => {}) => {
          const steps = [];
          const transact = (begun) => orm.own(opened.client, async (transaction) => {
            steps.push(await begun(transaction));
            await then(transaction);
          }).then(() => steps.push("committed"), (error) => {
            steps.push("rolled back");
            throw error;
          });
          return receiver.receiveIn(...deliveryOf(id), transact).then(({ status }) => [status, ...steps]);
        };
        assert.deepEqual(await receiveIn("evt_joins", (transaction) => orm.write(transaction, "of the caller")), [200, true, "committed"], logged("error").join());
        assert.deepEqual(await receiveIn("evt_joins"), [200, false, "committed"]);
        assert.deepEqual(await payments(), ["evt_joins", "of the caller"]);
        // The caller fails after the event was completed: nothing of it was written.
        const failed = await receiveIn("evt_later", async () => {
          throw new TypeError("of the caller");
        });
        assert.deepEqual([failed, codes.at(-1)], [[503, true, "rolled back"], "store_unavailable"]);
        assert.deepEqual(await receiveIn("evt_later"), [200, true, "committed"]);
        // The handler fails: the caller's transaction is rolled back, and the failure noted in another one.
        fails = true;
        assert.deepEqual(await receiveIn("evt_fails"), [500, "rolled back"]);
        assert.deepEqual((await store.deadLetters()).map(({ error, attempts }) => [error, attempts]), [["RangeError", 1]]);
        fails = false;
        assert.deepEqual(await receiveIn("evt_fails"), [200, true, "committed"]);
        assert.deepEqual(await payments(), ["evt_joins", "of the caller", "evt_later", "evt_fails"]);
        assert.equal((await receiver.receiveIn(...deliveryOf("evt_none"), () => {})).status, 503);
        const refused = await receiver.receiveIn("{}", "00", () => assert.fail());
        assert.equal(refused.status, 400);
      });

      test("a lease store on it hands events over, discards and forgets", async () => {
        const own = `orm${++count}`;
        const store = new SqlStore(opened.client, { prefix: own, table: own, timeoutSeconds: 20 });
        await Promise.all([store.createTable(), store.createTable()]);
        let ticket;
        const { receiver, codes } = recording(store, async (event, claim) => {
          if (event.id === "evt_fails") throw new RangeError();
          ticket = await claim.handOver();
        });
        await receiver.receive(...deliveryOf("evt_1"));
        const taken = await store.take(ticket);
        assert.equal(taken.state, "claimed");
        assert.deepEqual([await taken.claim.extend(), await taken.claim.complete()], [true, true]);
        await receiver.receive(...deliveryOf("evt_1"));
        await receiver.receive(...deliveryOf("evt_fails"));
        assert.deepEqual(codes, ["handed_over", "already_handled", "handler_failed"]);
        const [{ key }] = await store.deadLetters();
        const { payload, signature } = await store.delivery(key);
        assert.deepEqual([payload.toString(), signature], deliveryOf("evt_fails"));
        assert.deepEqual([await store.discard(key), await store.discard(key), await store.forget()], [true, false, 0]);
      });

      test("a missing table is a fault of the store that the log names", async () => {
        const store = new SqlInbox(opened.client, { prefix: "orm", table: "payvost_missing" });
        const { receiver, codes, logged } = recording(store, () => assert.fail());
        assert.equal((await receiver.receive(...deliveryOf("evt_1"))).status, 503);
        assert.deepEqual(codes, ["store_unavailable"]);
        assert.match(logged("error").join(), /missing_table|error_code (?:42P01|1146|ER_NO_SUCH_TABLE|SQLITE_ERROR)/);
        assert.doesNotMatch(logged("error").join(), /John|INSERT/);
      });
    });
  }
}

describe("what cannot work is refused", () => {
  test("a transaction function without an ORM", () => {
    const pool = { connect() {}, query() {}, totalCount: 0 };
    assert.throws(() => new SqlInbox(pool, { transaction: (begun) => begun() }), /transaction is for ORMs/);
    assert.throws(() => new SqlInbox({ transaction() {}, transactionProvider() {}, raw() {}, client: { dialect: "oracle" } }), /must be a Knex instance/);
  });

  test("receiveIn without an inbox on an ORM", async () => {
    const pool = { connect() {}, query() {}, totalCount: 0 };
    for (const options of [{}, { store: new SqlInbox(pool) }, { store: new SqlStore(pool) }]) {
      const receiver = new WebhookReceiver(SECRET, () => {}, options);
      await assert.rejects(receiver.receiveIn("{}", "00", () => {}), ConfigurationError);
      await assert.rejects(receiver.receiveIn("{}", "00"), ConfigurationError);
    }
  });
});
