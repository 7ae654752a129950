// A worker is killed at each point of its work. No event is lost, and none takes effect twice, except with a lease between the effect and the
// completion.
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { deliveryOf, recording } from "../test-support/deliveries.mjs";
import { STORES, eachStore, run } from "../test-support/stores.mjs";

const POINTS = ["before the claim", "after the claim", "in the handler", "after the effect", "after complete"];

/** The tests create the table at the same time, which fails in PostgreSQL despite `IF NOT EXISTS`. */
async function makeTable(client) {
  await Promise.resolve(run(client, "CREATE TABLE IF NOT EXISTS effects (id varchar(64))")).catch((error) => {
    if (!["23505", "42P07", "42710"].includes(error.code)) throw error;
  });
}

/** Runs a worker until it is killed. */
async function killed(task) {
  const path = fileURLToPath(new URL("../test-support/crash-worker.mjs", import.meta.url));
  const worker = fork(path, [JSON.stringify(task)]);
  const [, signal] = await once(worker, "exit");
  assert.equal(signal, "SIGKILL");
}

eachStore(Object.keys(STORES).filter((name) => !["memory", "ioredis"].includes(name)), (name, open) => {
  const { client: kind, inbox } = STORES[name];
  const isRedis = kind.endsWith("redis");

  for (const point of POINTS) {
    test(`killed ${point}`, async () => {
      const { store, client, options, url } = await open({ leaseSeconds: 1 });
      const id = `evt_${options.prefix}`;
      if (!isRedis) await makeTable(client);
      const effects = async () =>
        isRedis
          ? Number(await client.get(`effects:${id}`))
          : Number((await run(client, `SELECT count(*) AS n FROM effects WHERE id = '${id}'`))[0].n);
      await killed({ name, url, options, point, id });

      const { receiver, codes } = recording(store, async (event, { connection }) => {
        if (isRedis) await client.incr(`effects:${event.id}`);
        else await run(inbox ? connection : client, `INSERT INTO effects VALUES ('${event.id}')`);
      });
      // As Payvost does, but sooner. The server may not have noticed yet that the worker's connection is gone.
      for (let attempt = 0; attempt < 50 && (await receiver.receive(...deliveryOf(id))).status !== 200; attempt++) await sleep(100);
      assert.equal(codes.at(-1), point === "after complete" ? "already_handled" : "handled");
      assert.equal(await effects(), point === "after the effect" && !inbox ? 2 : 1);
      assert.deepEqual(await store.deadLetters(), []);
    });
  }
});
