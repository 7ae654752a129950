// The settings of clients: each one works, or the constructor of the store rejects the client and says what to pass instead.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import Database from "better-sqlite3";
import Redis from "ioredis";
import mysqlCallback from "mysql2";
import mysql from "mysql2/promise";
import pg from "pg";
import { createClient, createClientPool, createCluster, createSentinel } from "redis";
import { RedisStore, SqlInbox, SqlStore } from "@payvost/webhooks/stores";
import { deliveryOf, recording } from "../test-support/deliveries.mjs";
import { Services } from "../test-support/stores.mjs";

const consumers = createRequire(new URL("../consumers/", import.meta.url));
const services = new Services();
after(() => services.remove());

describe("an unusable client is rejected", () => {
  const fake = (...names) => Object.fromEntries(names.map((name) => [name, () => {}]));
  const clients = {
    "node-redis with a keyPrefix": [() => new RedisStore(createClient({ keyPrefix: "shop:" })), /keyPrefix/, /\{ prefix: "shop" \}/],
    "ioredis with a keyPrefix": [() => new RedisStore(new Redis({ lazyConnect: true, keyPrefix: "shop:" })), /keyPrefix/, /\{ prefix: "shop" \}/],
    "a pool of node-redis with a keyPrefix": [() => new RedisStore(createClientPool({ keyPrefix: "shop:" })), /keyPrefix/],
    "node-redis in legacy mode": [() => new RedisStore(createClient().legacy()), /legacy mode/, /legacy\(\)/],
    "node-redis 4 in legacy mode": [() => new RedisStore({ ...fake("sendCommand", "connect"), options: { legacyMode: true } }), /legacyMode/],
    "a cluster of node-redis with a keyPrefix": [() => new RedisStore(createCluster({ rootNodes: [], keyPrefix: "shop:" })), /keyPrefix/],
    "a cluster of ioredis with a keyPrefix": [() => new RedisStore(new Redis.Cluster([], { lazyConnect: true, redisOptions: { keyPrefix: "shop:" } })), /keyPrefix/],
    "a transaction of a cluster": [() => new RedisStore(createCluster({ rootNodes: [] }).multi()), /transaction/],
    "a database of sql.js": [async () => new SqlStore(new (await consumers("sql.js")()).Database()), /better-sqlite3 or node:sqlite/],
    // Like sqlite3 and sqlite; sqlite3 cannot be installed everywhere.
    "a database of sqlite3": [() => new SqlStore(fake("prepare", "exec", "run", "all", "each", "serialize", "parallelize")), /better-sqlite3 or node:sqlite/],
    "a database of sqlite": [() => new SqlInbox(fake("prepare", "exec", "run", "all", "each", "migrate", "getDatabaseInstance")), /better-sqlite3 or node:sqlite/],
    "a database whose methods return promises": [() => new SqlStore({ ...fake("exec"), prepare: async () => ({}) }), /better-sqlite3 or node:sqlite/],
    "a pool of mariadb": [async () => {
      const pool = (await import(consumers.resolve("mariadb"))).createPool({ host: "127.0.0.1", port: 1, connectionLimit: 1 });
      try {
        return new SqlStore(pool);
      } finally {
        pool.end().catch(() => {});
      }
    }, /pool from mysql2/, /MariaDB/],
    "a pool of pg that reads binary results": [() => new SqlStore(new pg.Pool({ binary: true })), /binary/],
    "a pool of pg with another encoding": [() => new SqlStore(new pg.Pool({ client_encoding: "LATIN1" })), /client_encoding/],
    "a pool of pg with another encoding in its URL": [() => new SqlInbox(new pg.Pool({ connectionString: "postgres://a@127.0.0.1/b?ssl=0&client_encoding=win1251" })), /client_encoding/],
    "a single connection of mysql2": [() => new SqlStore(fake("query", "execute", "beginTransaction")), /supported pool or database/],
  };
  for (const [name, [make, message, hint = /./]] of Object.entries(clients)) {
    test(name, async () => {
      await assert.rejects(async () => make(), (error) => {
        assert.equal(error.code, "invalid_option", error.stack);
        assert.match(error.message, message);
        assert.match(error.hint, hint);
        return true;
      });
    });
  }
});

/** Ids that a charset could merge. */
const IDS = ["evt_é", "evt_è", "evt_Ж", "evt_漢", "evt_😀", "evt_?"];

/** Runs every step of a store, with ids in several alphabets. */
async function takesPart(store, ends) {
  try {
    await store.createTable?.();
    const isInbox = store instanceof SqlInbox;
    let fails = true;
    let ticket;
    const { receiver, codes, logged } = recording(store, async (_event, claim) => {
      assert.equal(await claim.extend(30), true);
      if (fails) throw new TypeError("once");
    });
    for (const id of IDS) await receiver.receive(...deliveryOf(id));
    assert.deepEqual(codes, IDS.map(() => "handler_failed"), logged("error").join("\n"));
    const letters = await store.deadLetters();
    assert.deepEqual(letters.map(({ key }) => key.replace(/^[^:]*:/, "")).sort(), [...IDS].sort());
    for (const { eventType, reason, attempts, error, ageSeconds } of letters) {
      assert.deepEqual([eventType, reason, attempts, error], ["payment.succeeded", "failed", 1, "TypeError"]);
      assert.ok(ageSeconds >= 0 && ageSeconds < 60, `${ageSeconds}`);
    }
    const [body, signature] = deliveryOf(IDS[0]);
    const stored = await store.delivery(letters.find(({ key }) => key.endsWith(IDS[0])).key);
    assert.deepEqual([Buffer.from(stored.payload).toString(), stored.signature], [body, signature]);
    fails = false;
    codes.length = 0;
    assert.equal((await receiver.retry(letters[0].key)).status, 200);
    for (const id of IDS) await receiver.receive(...deliveryOf(id));
    assert.deepEqual(codes.filter((code) => code === "handled").length, IDS.length, logged("error").join("\n"));
    assert.deepEqual(codes.filter((code) => code === "already_handled").length, 1);
    if (!isInbox) {
      const queue = recording(store, async (_event, claim) => void (ticket = await claim.handOver()));
      await queue.receiver.receive(...deliveryOf("evt_queue"));
      const { state, attempt, claim } = await store.take(ticket);
      assert.deepEqual([state, attempt, (await store.take(ticket)).state], ["claimed", 1, "in_progress"]);
      assert.equal(await claim.complete(), true);
    }
    assert.deepEqual(await store.deadLetters(), []);
  } finally {
    await ends?.();
  }
}

let count = 0;
const own = () => `client${++count}`;

describe("Redis", { concurrency: true }, () => {
  let url;
  before(async () => ({ url } = await services.start("redis")));
  const clients = {
    "ioredis with enableAutoPipelining": () => new Redis(url, { enableAutoPipelining: true }),
    "ioredis with stringNumbers": () => new Redis(url, { stringNumbers: true }),
    "ioredis with showFriendlyErrorStack": () => new Redis(url, { showFriendlyErrorStack: true }),
    "node-redis with RESP 2": () => createClient({ url, RESP: 2 }),
    "node-redis with RESP 3": () => createClient({ url, RESP: 3 }),
    "node-redis that returns bytes and strings for numbers": () => createClient({ url, RESP: 3, commandOptions: { typeMapping: { 36: Buffer, 58: String, 43: Buffer } } }),
    "node-redis without an offline queue": () => createClient({ url, disableOfflineQueue: true }),
    "a pool of node-redis": () => createClientPool({ url }),
  };
  for (const [name, make] of Object.entries(clients)) {
    test(name, async () => {
      const client = make();
      client.on("error", () => {});
      if (!(client instanceof Redis)) await client.connect();
      await takesPart(new RedisStore(client, { prefix: own(), timeoutSeconds: 20 }), () => (client instanceof Redis ? client.disconnect() : client.destroy()));
    });
  }
});

for (const Store of [SqlStore, SqlInbox]) {
  describe(`${Store.name} on MariaDB`, { concurrency: true }, () => {
    let uri;
    before(async () => ({ url: uri } = await services.start("mariadb")));
    const settings = {
      "typeCast false": { typeCast: false },
      "typeCast of its own": { typeCast: (field, next) => (field.type === "LONGLONG" ? field.string() : next()) },
      "nestTables true": { nestTables: true },
      "nestTables with a separator": { nestTables: "_" },
      "rowsAsArray": { rowsAsArray: true },
      "charset latin1": { charset: "latin1_swedish_ci" },
      "charset cp1251": { charset: "cp1251_general_ci" },
      "big numbers as texts": { supportBigNumbers: true, bigNumberStrings: true },
      "dateStrings, namedPlaceholders and multipleStatements": { dateStrings: true, namedPlaceholders: true, multipleStatements: true },
    };
    for (const [name, options] of Object.entries(settings)) {
      test(name, async () => {
        const pool = mysql.createPool({ uri, connectionLimit: 2, ...options });
        await takesPart(new Store(pool, { table: own(), timeoutSeconds: 20 }), () => pool.end());
      });
    }
    test("with callbacks", async () => {
      const pool = mysqlCallback.createPool({ uri, connectionLimit: 2 });
      await takesPart(new Store(pool, { table: own(), timeoutSeconds: 20 }), () => pool.promise().end());
    });
  });

  describe(`${Store.name} on PostgreSQL`, { concurrency: true }, () => {
    let connectionString;
    before(async () => ({ url: connectionString } = await services.start("postgres")));
    const asText = { getTypeParser: () => (value) => value };
    const settings = {
      "types that return strings": { types: asText },
      "types that return BigInt": { types: { getTypeParser: (oid, format) => (oid === 20 || oid === 23 ? BigInt : pg.types.getTypeParser(oid, format)) } },
      "client_encoding UTF8": { client_encoding: "utf8" },
      "maxUses 1": { maxUses: 1 },
      "pipelining statements": { pipelining: true },
    };
    for (const [name, options] of Object.entries(settings)) {
      test(name, async () => {
        const pool = new pg.Pool({ connectionString, max: 2, ...options });
        await takesPart(new Store(pool, { table: own(), timeoutSeconds: 20 }), () => pool.end());
      });
    }
  });

  describe(`${Store.name} on SQLite`, () => {
    const databases = {
      "defaultSafeIntegers": () => new Database(":memory:").defaultSafeIntegers(),
      // Like node:sqlite with returnArrays.
      "rows as arrays": () => {
        const database = new Database(":memory:");
        const { prepare } = database;
        database.prepare = (text) => {
          const statement = prepare.call(database, text);
          return statement.reader && !text.startsWith("PRAGMA") ? statement.raw() : statement;
        };
        return database;
      },
    };
    for (const [name, make] of Object.entries(databases)) {
      test(name, async () => {
        const database = make();
        await takesPart(new Store(database, { table: own(), timeoutSeconds: 20 }), () => database.close());
      });
    }
    test("node:sqlite", { skip: !process.getBuiltinModule?.("node:sqlite") }, async () => {
      const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
      for (const options of [{}, { returnArrays: true }, { readBigInts: true }]) await takesPart(new Store(new DatabaseSync(":memory:", options)));
    });
  });
}

test("a sentinel of node-redis is accepted, unless it has a key prefix", () => {
  const options = { name: "shop", sentinelRootNodes: [{ host: "127.0.0.1", port: 1 }] };
  assert.doesNotThrow(() => new RedisStore(createSentinel(options)));
  assert.throws(() => new RedisStore(createSentinel({ ...options, keyPrefix: "shop:" })), { code: "invalid_option", message: /keyPrefix/ });
});
