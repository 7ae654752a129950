// The code of the guides to stores and queues on real servers, over HTTP.
import assert from "node:assert/strict";
import { execFile, fork } from "node:child_process";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import Database from "better-sqlite3";
import { Redis } from "ioredis";
import mysql from "mysql2/promise";
import pg from "pg";
import { RedisStore, SqlStore } from "@payvost/webhooks/stores";
import { SECRET, deliveryOf, gate, recording } from "../test-support/deliveries.mjs";
import { exportedBy, folderOf, startPage } from "../test-support/pages.mjs";
import { clientOf } from "../test-support/services.mjs";
import { Services, openStore } from "../test-support/stores.mjs";

const PAGE = "guides/node/stores.md";
const QUEUE = "guides/node/queue.md";
const services = new Services();
after(() => services.remove());

async function post(url, [body, signature]) {
  const headers = { "Content-Type": "application/json", "Payvost-Signature": signature };
  const response = await fetch(url, { method: "POST", body, headers });
  return { status: response.status, retryAfter: response.headers.get("retry-after"), body: await response.text() };
}

async function emptyRedis() {
  const { url } = await services.start("redis");
  const { client, end } = await clientOf("node-redis", url);
  await client.flushAll();
  await end();
  return url;
}

test("server.mjs: 200, 200 again, 409 with Retry-After while it is in progress, 503 without the store", async (context) => {
  const REDIS_URL = await emptyRedis();
  const packages = { express: "express", redis: "redis" };
  const { origin, nextLine, stop } = await startPage(context, PAGE, "server.mjs", { packages, env: { REDIS_URL, WEBHOOK_SECRET: SECRET } });
  const url = `${origin}/webhooks/payvost`;
  const received = { status: 200, retryAfter: null, body: '{"received":true}' };
  assert.deepEqual(await post(url, deliveryOf("evt_1")), received);
  assert.deepEqual(await post(url, deliveryOf("evt_1")), received);

  // Another process holds the claim.
  const { store, end } = await openStore("ioredis", REDIS_URL);
  const [started, finish] = [gate(), gate()];
  const { receiver } = recording(store, () => (started.open(), finish.opened));
  const elsewhere = receiver.receive(...deliveryOf("evt_2"));
  await started.opened;
  const { status, retryAfter, body } = await post(url, deliveryOf("evt_2"));
  assert.deepEqual([status, JSON.parse(body).error.code], [409, "in_progress"]);
  assert.ok(Number(retryAfter) > 50 && Number(retryAfter) <= 60, retryAfter);
  finish.open();
  await elsewhere;
  assert.deepEqual(await post(url, deliveryOf("evt_2")), received);
  await end();

  const redis = await services.start("redis");
  await redis.kill();
  assert.equal((await post(url, deliveryOf("evt_3"))).status, 503);
  await redis.start();
  let last;
  for (let attempt = 0; attempt < 100 && last?.status !== 200; attempt++) {
    last = await post(url, deliveryOf("evt_3"));
    await sleep(50);
  }
  assert.deepEqual(last, received);
  assert.equal(await nextLine(), "paid: evt_1 99.99 attempt 1");
  assert.match(await nextLine(), /^paid: evt_3 99\.99 attempt \d$/);
  assert.match(await stop(), /webhook store unavailable: payment\.succeeded evt_3 \(place claim, /);
});

test("inbox.mjs: two copies at once, one row", async (context) => {
  const { url: DATABASE_URL } = await services.start("postgres");
  const { origin } = await startPage(context, PAGE, "inbox.mjs", { packages: { pg: "pg" }, env: { DATABASE_URL, WEBHOOK_SECRET: SECRET } });
  await Promise.all(Array.from({ length: 8 }, () => post(origin, deliveryOf("evt_1"))));
  assert.equal((await post(origin, deliveryOf("evt_1"))).status, 200);
  const { client, end } = await clientOf("postgres", DATABASE_URL);
  const { rows } = await client.query("SELECT count(*) AS n FROM payments");
  await end();
  assert.equal(Number(rows[0].n), 1);
});

test("enqueue.mjs and worker.mjs: responds at once, and the worker of BullMQ completes the event", async (context) => {
  const REDIS_URL = await emptyRedis();
  const packages = { bullmq: "bullmq", ioredis: "ioredis" };
  const env = { PATH: process.env.PATH, REDIS_URL, WEBHOOK_SECRET: SECRET };
  const { origin } = await startPage(context, QUEUE, "enqueue.mjs", { packages, env });
  assert.equal((await post(origin, deliveryOf("evt_1"))).status, 200);
  assert.equal((await post(origin, deliveryOf("evt_1"))).status, 409);

  const worker = fork(folderOf(context, QUEUE, "worker.mjs", packages), { env, stdio: ["ignore", "pipe", "inherit", "ipc"] });
  context.after(() => worker.kill());
  const lines = createInterface({ input: worker.stdout })[Symbol.asyncIterator]();
  assert.equal((await lines.next()).value, "working on: payment.succeeded evt_1");
  for (let attempt = 0; attempt < 100 && (await post(origin, deliveryOf("evt_1"))).status !== 200; attempt++) await sleep(50);
  assert.equal((await post(origin, deliveryOf("evt_1"))).body, '{"received":true}');
});

test("dead-letters.mjs: lists dead letters, and handles one again", async (context) => {
  const REDIS_URL = await emptyRedis();
  const { store, end } = await openStore("node-redis", REDIS_URL);
  await recording(store, () => Promise.reject(new RangeError())).receiver.receive(...deliveryOf("evt_1"));
  await end();
  const path = folderOf(context, PAGE, "dead-letters.mjs", { redis: "redis" });
  const run = async (...args) => (await promisify(execFile)("node", [path, ...args], { env: { PATH: process.env.PATH, REDIS_URL, WEBHOOK_SECRET: SECRET } })).stdout;
  assert.match(await run(), /^webhook:evt_1 payment\.succeeded failed 1 RangeError \d+ s\n$/);
  assert.equal(await run("webhook:evt_1"), 'handled again: evt_1\n200 {"received":true}\n');
  assert.equal(await run("webhook:evt_1"), "nothing is kept under that key\n");
  assert.equal(await run(), "");
});

test("forget.mjs: deletes expired events", async (context) => {
  const { url: DATABASE_URL } = await services.start("postgres");
  const { store, client, end } = await openStore("postgres", DATABASE_URL);
  const { receiver } = recording(store, () => {});
  for (const id of ["evt_1", "evt_2", "evt_3"]) await receiver.receive(...deliveryOf(id));
  await client.query("UPDATE payvost_webhook_claims SET forget_at = 1 WHERE claim_key IN ('webhook:evt_2', 'webhook:evt_3')");
  await end();
  const path = folderOf(context, PAGE, "forget.mjs", { pg: "pg" });
  const { stdout } = await promisify(execFile)("node", [path], { env: { PATH: process.env.PATH, DATABASE_URL } });
  assert.equal(stdout, "2 events forgotten\n");
});

const SET_UPS = {
  ioredis: ["redis", "const redis = new Redis(", { Redis, RedisStore }],
  pg: ["postgres", "const pool = new pg.Pool(", { pg, SqlStore }],
  mysql2: ["mariadb", "const pool = mysql.createPool(", { mysql, SqlStore }],
  "better-sqlite3": ["sqlite", "const database = new Database(", { Database, SqlStore }],
};
for (const [name, [service, line, scope]] of Object.entries(SET_UPS)) {
  test(`${name}: the store of the page works`, async () => {
    const { url } = await services.start(service);
    const env = { REDIS_URL: url, DATABASE_URL: url, DATABASE_PATH: url.replace("sqlite://", "") };
    const opened = await exportedBy(PAGE, line, `{ store, client: ${line.split(" ")[1]} }`, {
      ...scope,
      process: { env },
    });
    const { receiver, codes } = recording(opened.store, () => {});
    for (let count = 0; count < 2; count++) await receiver.receive(...deliveryOf(`evt_${name}`));
    assert.deepEqual(codes, ["handled", "already_handled"]);
    await (opened.client.end ?? opened.client.disconnect ?? opened.client.close).call(opened.client);
  });
}
