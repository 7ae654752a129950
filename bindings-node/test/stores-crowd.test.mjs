// Events each of which arrives 64 times at once, over several processes: each takes effect once. Effects are counted separately from the
// claims.
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { env } from "node:process";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { deliveryOf, recording } from "../test-support/deliveries.mjs";
import { clientOf } from "../test-support/services.mjs";
import { STORES, Services, openStore, run } from "../test-support/stores.mjs";

// With processes, 1,000 events take minutes. Set PAYVOST_WHOLE_FLOOD=1 to run all with each store.
const EVENTS_IN_MEMORY = 1_000;
const EVENTS = env.PAYVOST_WHOLE_FLOOD ? 1_000 : 100;
const COPIES = 64;
const PROCESSES = 4;

const services = new Services();
after(() => services.remove());

/** Starts several processes that deliver the events, all from the same moment on. */
async function crowd(names, settings) {
  const worker = fileURLToPath(new URL("../test-support/crowd-worker.mjs", import.meta.url));
  const task = { events: EVENTS, copies: COPIES / PROCESSES, atATime: 2, ...settings };
  const workers = names.map((name) => fork(worker, [JSON.stringify({ ...task, name })]));
  try {
    await Promise.all(workers.map((child) => once(child, "message")));
    const ends = workers.map((child) => once(child, "exit"));
    for (const child of workers) child.send("go");
    for (const [code] of await Promise.all(ends)) assert.equal(code, 0);
  } finally {
    for (const child of workers) child.kill();
  }
}

async function effectsInRedis(url, prefix) {
  const { client, end } = await clientOf("node-redis", url);
  const keys = await client.keys(`effects:${prefix}:*`);
  const counts = (await client.mGet(keys)).map(Number);
  await end();
  return { events: counts.length, effects: counts.reduce((sum, count) => sum + count, 0) };
}

async function effectsInSql({ client, url }, table) {
  const { client: database, end } = await clientOf(client, url);
  const [row] = await run(database, `SELECT count(DISTINCT id) AS events, count(*) AS effects FROM effects_${table}`);
  await end();
  return { events: Number(row.events), effects: Number(row.effects) };
}

const ONCE = { events: EVENTS, effects: EVENTS };

describe("each event 64 times", () => {
  test("memory: one effect per event", async () => {
    const { store } = await openStore("memory");
    const effects = [];
    const { receiver } = recording(store, async ({ id }) => {
      await new Promise(setImmediate);
      effects.push(id);
    });
    for (let event = 0; event < EVENTS_IN_MEMORY; event++) {
      const delivery = deliveryOf(`evt_${event}`);
      await Promise.all(Array.from({ length: COPIES }, () => receiver.receive(...delivery)));
    }
    assert.deepEqual({ events: new Set(effects).size, effects: effects.length }, { events: EVENTS_IN_MEMORY, effects: EVENTS_IN_MEMORY });
  });

  test("the guide's code: more effects than events", async (context) => {
    const { url } = await services.start("redis");
    await crowd(Array(PROCESSES).fill("the guide"), { url });
    const { events, effects } = await effectsInRedis(url, "guide");
    context.diagnostic(`the guide's code: ${effects} effects of ${EVENTS} events`);
    assert.equal(events, EVENTS);
    assert.ok(effects > EVENTS, `${effects}`);
  });

  test("node-redis and ioredis: one effect per event", async () => {
    const { url } = await services.start("redis");
    const options = { prefix: "crowd", timeoutSeconds: 30 };
    await crowd(["node-redis", "ioredis", "node-redis", "ioredis"], { url, options });
    assert.deepEqual(await effectsInRedis(url, options.prefix), ONCE);
  });

  for (const name of Object.keys(STORES).filter((store) => STORES[store].service !== "redis" && store !== "memory")) {
    test(`${name}: one effect per event`, async () => {
      const { client, service, inbox } = STORES[name];
      const { url } = await services.start(service);
      const options = { table: inbox ? "inbox" : "leases", prefix: inbox ? "inbox" : "leases", timeoutSeconds: 30 };
      const { client: database, end } = await clientOf(client, url);
      await run(database, `CREATE TABLE effects_${options.table} (id varchar(64))`);
      await end();
      await crowd(Array(PROCESSES).fill(name), { url, options });
      assert.deepEqual(await effectsInSql({ client, url }, options.table), ONCE);
    });
  }
});
