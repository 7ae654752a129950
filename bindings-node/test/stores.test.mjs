// The stores on their own: their options, their size, and that each behaves like the memory store.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import Redis from "ioredis";
import { createClient } from "redis";
import { WebhookReceiver } from "@payvost/webhooks";
import { MemoryStore, RedisStore, SqlInbox, SqlStore, WebhookStore } from "@payvost/webhooks/stores";
import internal from "../lib/internal.js";
import limit from "../lib/stores/limit.js";
import { SECRET, deliveryOf, gate, recording } from "../test-support/deliveries.mjs";
import { codeOf } from "../test-support/sample.mjs";
import { STORES, eachStore, run } from "../test-support/stores.mjs";

describe("an invalid store is rejected by the constructor", () => {
  const sqlite = { prepare() {}, exec() {} };
  const mistakes = {
    "a lease of 0 seconds": () => new MemoryStore({ leaseSeconds: 0 }),
    "a lease that is not a number": () => new MemoryStore({ leaseSeconds: "60" }),
    "a rememberSeconds shorter than the retries": () => new MemoryStore({ rememberSeconds: 5_764 }),
    "a prefix with a space": () => new MemoryStore({ prefix: "my webhook" }),
    "a prefix that is not a string": () => new MemoryStore({ prefix: 7 }),
    "no capacity": () => new MemoryStore({ capacity: 0 }),
    "a capacity that is not a whole number": () => new MemoryStore({ capacity: 1.5 }),
    "a misspelled option": () => new MemoryStore({ lease: 5 }),
    "a time limit of 0 seconds": () => new MemoryStore({ timeoutSeconds: 0 }),
    "a time limit that is not a number": () => new MemoryStore({ timeoutSeconds: NaN }),
    "keepDeliveries that is not a boolean": () => new MemoryStore({ keepDeliveries: "no" }),
    "no client": () => new RedisStore(),
    "the address of a server": () => new RedisStore("redis://localhost"),
    "a transaction of node-redis": () => new RedisStore(createClient().multi()),
    "a pipeline of ioredis": () => new RedisStore(new Redis({ lazyConnect: true }).pipeline()),
    "no database": () => new SqlStore({}),
    "a single client of pg": () => new SqlInbox({ connect() {}, query() {} }),
    "a table that is not just a name": () => new SqlStore(sqlite, { table: "claims; DROP TABLE orders" }),
    "noteAttempts that is not a boolean": () => new SqlInbox(sqlite, { noteAttempts: 1 }),
    "noteAttempts without an inbox": () => new SqlStore(sqlite, { noteAttempts: true }),
    "no steps": () => new WebhookStore({}),
    "a receiver with an invalid store": () => new WebhookReceiver(SECRET, () => {}, { store: new Map() }),
  };
  for (const [name, make] of Object.entries(mistakes)) test(name, () => assert.equal(codeOf(make), "invalid_option"));

  test("null and undefined mean the defaults", () => {
    const nothing = { leaseSeconds: null, rememberSeconds: undefined, prefix: null, keepDeliveries: null, timeoutSeconds: undefined };
    for (const make of [
      () => new MemoryStore({ ...nothing, capacity: null }),
      () => new SqlStore(sqlite, { ...nothing, table: null }),
      () => new MemoryStore(null),
    ]) {
      assert.doesNotThrow(make);
    }
  });

  test("a retry needs a store and a key", async () => {
    await assert.rejects(new WebhookReceiver(SECRET, () => {}).retry("webhook:evt_1"), { code: "invalid_option" });
    await assert.rejects(new WebhookReceiver(SECRET, () => {}, { store: new MemoryStore() }).retry(), { code: "invalid_option" });
  });
});

describe("a custom store", () => {
  const steps = (claim) => ({ claim, extend: async () => 1, complete: async () => 1, release: async () => true, deadLetters: async () => [], delivery: async () => null });
  const claims = {
    "that replies with nothing": async () => undefined,
    "that replies with something else": async () => ["OK", 1],
    "that claims without a number": async () => ["claimed"],
    "that throws": () => { throw new Error("redis://user:password@host"); },
    "that throws undefined": async () => { throw undefined; },
  };
  for (const [name, claim] of Object.entries(claims)) {
    test(`${name}: 503, no handler, and nothing of the error's message in the log`, async () => {
      const { receiver, codes, records } = recording(new WebhookStore(steps(claim)), () => assert.fail());
      assert.equal((await receiver.receive(...deliveryOf("evt_1"))).status, 503);
      assert.deepEqual(codes, ["store_unavailable"]);
      assert.ok(!JSON.stringify(records).includes("password"));
    });
  }

  test("only true means that a claim belonged to the worker", async () => {
    const { receiver, codes } = recording(new WebhookStore(steps(async () => ["claimed", 1])), () => {});
    await receiver.receive(...deliveryOf("evt_1"));
    assert.deepEqual(codes, ["claim_lost"]);
  });

  test("without these steps, take and discard are rejected", async () => {
    const store = new WebhookStore(steps(async () => ["done", 0]));
    await assert.rejects(store.take({ key: "k", token: "t" }), { code: "invalid_option" });
    await assert.rejects(store.discard("k"), { code: "invalid_option" });
  });

  test("a claim that is granted too late is released", async () => {
    const released = [];
    const slow = { ...steps(() => sleep(60, ["claimed", 1])), release: async ({ key, error }) => released.push([key, error]) };
    const { receiver, codes } = recording(new WebhookStore(slow, { timeoutSeconds: 0.02 }), () => assert.fail());
    await receiver.receive(...deliveryOf("evt_1"));
    await sleep(100);
    assert.deepEqual([codes, released], [["store_unavailable"], [["webhook:evt_1", "StoreUnavailable"]]]);
  });
});

test("a connection that was returned to its pool is left alone after the time limit", async () => {
  const problems = [];
  let clients = 0;
  const connect = async () => {
    if (++clients === 4) return new Promise(() => {});
    let isGivenBack = false;
    const query = async ({ text, values: [, fingerprint, token] }) => {
      if (text.includes("RETURNING")) return { rows: [[`claimed 1 60000 86400000 ${fingerprint} ${token}`]], rowCount: 1 };
      throw Object.assign(new Error(), { code: "57P01" }); // again and again, on a new connection each time
    };
    const destroy = () => isGivenBack && problems.push("destroyed");
    const release = () => (isGivenBack ? problems.push("released twice") : (isGivenBack = true));
    return { query, release, on() {}, off() {}, connection: { stream: { destroy } } };
  };
  const pool = { connect, query() {}, totalCount: 0 };
  const { receiver, codes } = recording(new SqlStore(pool, { timeoutSeconds: 0.35 }), () => {});
  await receiver.receive(...deliveryOf("evt_1"));
  await sleep(200);
  assert.deepEqual([codes, problems], [["store_unavailable"], []]);
  assert.equal(clients, 4);
});

test("memory stays bounded through a million events", () => {
  const source = `
    const { native } = require("./lib/native.js");
    const step = native.createMemoryClaims(10_000);
    const rss = [];
    for (let event = 0; event < 1_000_000; event++) {
      const key = "webhook:evt_" + event;
      step("claim", [key, "f".repeat(64), "token", 60_000, 86_400_000, "payment.succeeded", null, null]);
      step("complete", [key, "token", 86_400_000]);
      if (event % 100_000 === 99_999) rss.push(process.memoryUsage.rss());
    }
    console.log(JSON.stringify([step("size", []), rss]));`;
  const cwd = new URL("..", import.meta.url);
  const [size, [, , before, ...rest]] = JSON.parse(execFileSync(process.execPath, ["-e", source], { cwd, encoding: "utf8" }));
  assert.equal(size, 10_000);
  assert.ok(rest.at(-1) < before + 20 * 2 ** 20, `${before} ${rest}`);
});

test("the definition of the table, for a migration", () => {
  for (const dialect of ["postgres", "mysql", "sqlite"]) {
    assert.match(SqlStore.tableDefinition(dialect, "shop.claims"), /^CREATE TABLE IF NOT EXISTS shop\.claims \([^]*;\n$/);
  }
  assert.ok(SqlStore.tableDefinition("sqlite").includes("payvost_webhook_claims"));
  const database = new Database(":memory:");
  database.exec(SqlStore.tableDefinition("sqlite"));
  assert.equal(database.prepare("SELECT count(*) AS n FROM payvost_webhook_claims").get().n, 0);
  assert.equal(codeOf(() => SqlStore.tableDefinition("oracle")), "invalid_option");
  assert.equal(codeOf(() => SqlStore.tableDefinition("mysql", "a b")), "invalid_option");
});

test("the memory store rejects claims when all places are claimed, and makes room otherwise", async () => {
  const store = new MemoryStore({ capacity: 2 });
  const { receiver, codes } = recording(store, ({ id }, claim) => id === "evt_3" ? undefined : claim.handOver());
  for (const id of ["evt_1", "evt_2", "evt_3"]) await receiver.receive(...deliveryOf(id));
  assert.deepEqual([codes, store.size], [["handed_over", "handed_over", "store_unavailable"], 2]);
});

/** Pseudorandom numbers, the same every time. */
function randomFrom(seed) {
  return (below) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
}

eachStore(Object.keys(STORES).filter((name) => name !== "memory" && !name.endsWith("inbox")), (name, open) => {
  test("does what the memory store does, step by step", async () => {
    const { steps } = await innerOf(open);
    const model = (await import("../lib/stores/memory.js")).default;
    const { steps: expected } = inner(new model.MemoryStore());
    const random = randomFrom(7);
    const pick = (...values) => values[random(values.length)];
    const time = new limit.Limit(2);
    for (let count = 0; count < 400; count++) {
      const values = {
        key: `webhook:${name}:${random(4)}`, token: pick("a", "b", "c"), fingerprint: pick("f", "f", "f", "g").repeat(64), lease: 3_600_000,
        remember: 86_400_000, eventType: "payment.succeeded", error: pick("TypeError", "CardError"), limit: 10, openKey: "webhook-open",
        ...pick({ payload: Buffer.from([0, 255, count % 256]), signature: "0".repeat(64) }, { payload: null, signature: null }),
      };
      const step = pick("claim", "claim", "claim", "extend", "complete", "release", "release", "deadLetters", "delivery");
      const replies = [await expected[step](values, time), await steps[step](values, time)].map((reply) => comparable(step, reply));
      assert.deepEqual(replies[1], replies[0], `${count}: ${step} ${values.key} ${values.token}`);
    }
  });
});

async function innerOf(open) {
  return inner((await open({ prefix: "webhook" })).store);
}

/** The steps, as the package uses them. */
function inner(store) {
  return store[internal.CLAIMS];
}

/** Leaves out the times, which vary, and meaningless numbers. */
function comparable(step, reply) {
  if (step === "claim") return [reply[0], reply[0] === "claimed" ? reply[1] : reply[0] === "in_progress" && reply[1] > 3_500_000];
  if (step === "deadLetters") return reply.map(({ ageSeconds: _age, ...letter }) => letter).sort((a, b) => (a.key < b.key ? -1 : 1));
  if (step === "delivery") return reply ? { payload: Buffer.from(reply.payload), signature: reply.signature } : null;
  return reply;
}

eachStore(["node-redis", "postgres", "mariadb", "sqlite"], (name, open) => {
  test("a worker whose clock is hours off makes no difference", async (context) => {
    const { store } = await open();
    const now = Date.now();
    for (const hours of [-5, 5]) {
      const delivery = deliveryOf(`evt_${hours}`);
      const [started, finish] = [gate(), gate()];
      const { receiver, codes } = recording(store, () => (started.open(), finish.opened));
      const first = receiver.receive(...delivery);
      await started.opened;
      context.mock.timers.enable({ apis: ["Date"], now: now + hours * 3_600_000 });
      const wait = Number((await receiver.receive(...delivery)).headers["retry-after"]);
      assert.ok(wait > 50 && wait <= 60, `${wait}`);
      finish.open();
      await first;
      await receiver.receive(...delivery);
      context.mock.timers.reset();
      await receiver.receive(...delivery);
      assert.deepEqual(codes, ["in_progress", "handled", "already_handled", "already_handled"]);
    }
  });

  test("events that were handled long ago are forgotten", async () => {
    const { store, client, options } = await open();
    const { receiver } = recording(store, () => {});
    for (let event = 0; event < 25; event++) await receiver.receive(...deliveryOf(`evt_${event}`));
    if (name === "node-redis") {
      const lives = await Promise.all((await client.keys(`${options.prefix}:*`)).map((key) => client.ttl(key)));
      assert.ok(lives.length === 25 && lives.every((seconds) => seconds > 86_000 && seconds <= 86_400), `${lives}`);
      return;
    }
    assert.equal(await store.forget(), 0);
    await run(client, `UPDATE ${options.table} SET forget_at = 1 WHERE claim_key <> '${options.prefix}:evt_7'`);
    assert.equal(await store.forget({ batch: 10 }), 24);
    const [{ n }] = await run(client, `SELECT count(*) AS n FROM ${options.table}`);
    assert.equal(Number(n), 1);
  });
});

eachStore(["postgres", "mariadb", "sqlite"], (_name, open) => {
  test("several processes may create the table at the same time", async () => {
    const { client, store } = await open();
    const table = `raced_${Math.random().toString(36).slice(2)}`;
    await Promise.all(Array.from({ length: 8 }, () => new store.constructor(client, { table }).createTable()));
    assert.deepEqual(await new store.constructor(client, { table }).deadLetters(), []);
  });
});

for (const Store of [SqlStore, SqlInbox]) {
  test(`${Store.name}: a commit waits for a reader in another process`, async (context) => {
    const folder = mkdtempSync(join(tmpdir(), "payvost-webhooks-"));
    const [database, reader] = [new Database(join(folder, "claims.db")), new Database(join(folder, "claims.db"))];
    context.after(() => (database.close(), reader.close(), rmSync(folder, { recursive: true })));
    const store = new Store(database);
    await store.createTable();
    reader.exec("BEGIN");
    reader.prepare("SELECT count(*) FROM payvost_webhook_claims").get();
    setTimeout(() => reader.exec("ROLLBACK"), 200);
    const { receiver, codes } = recording(store, () => {});
    await receiver.receive(...deliveryOf("evt_1"));
    assert.deepEqual([codes, reader.inTransaction], [["handled"], false]);
  });
}

eachStore(["sqlite", "sqlite inbox"], (name, open) => {
  test("a slow writer in another process: 503 in time, without blocking this process; then handled", async () => {
    const { store, url } = await open({ timeoutSeconds: 0.3 });
    const other = new Database(url.replace("sqlite://", ""));
    other.exec("BEGIN IMMEDIATE");
    const { receiver, codes } = recording(store, () => {});
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 10);
    assert.equal((await receiver.receive(...deliveryOf("evt_1"))).status, 503);
    clearInterval(ticking);
    assert.ok(ticks > 5, `${ticks}`);
    other.exec("ROLLBACK");
    other.close();
    await receiver.receive(...deliveryOf("evt_1"));
    await receiver.receive(...deliveryOf("evt_1"));
    assert.deepEqual(codes, ["store_unavailable", "handled", "already_handled"]);
  });
});
