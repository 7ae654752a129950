// A store that is down or slow: 503, no handler without a claim, and the retry succeeds when the store is back.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { deliveryOf, gate, recording } from "../test-support/deliveries.mjs";
import { STORES, Services, openStore } from "../test-support/stores.mjs";

const services = new Services();
after(() => services.remove());

/** Retries until the store is back, as Payvost does. */
async function redelivered(receiver, delivery) {
  for (let attempt = 0; attempt < 150; attempt++) {
    const { status } = await receiver.receive(...delivery);
    if (status === 200) return;
    await sleep(100);
  }
  assert.fail("it was not handled");
}

for (const name of Object.keys(STORES).filter((store) => STORES[store].service !== undefined && STORES[store].service !== "sqlite")) {
  describe(name, () => {
    const { service: program } = STORES[name];
    const own = name.replaceAll(/\W/g, "_");
    const names = program === "redis" ? { prefix: own } : { prefix: own, table: own };

    test("killed before the claim: 503 and no handler; handled when it is back", async () => {
      const service = await services.start(program);
      const { store, end } = await openStore(name, service.url, { ...names, timeoutSeconds: 0.5, leaseSeconds: 1 });
      let calls = 0;
      const { receiver, codes, logged } = recording(store, () => void calls++);
      await receiver.receive(...deliveryOf("evt_0"));
      await service.kill();
      const answer = await receiver.receive(...deliveryOf("evt_1"));
      assert.deepEqual([answer.status, JSON.parse(answer.body).error.code, calls], [503, "store_unavailable", 1]);
      assert.match(logged("error")[0], /^webhook store unavailable: payment\.succeeded evt_1 \(place claim, error_class \w+, error_code \w+\)$/);
      await service.start();
      await redelivered(receiver, deliveryOf("evt_1"));
      await redelivered(receiver, deliveryOf("evt_0"));
      assert.deepEqual([calls, codes.at(-1)], [2, "already_handled"]);
      await end();
    });

    test("killed in the middle: 503; handled again when it is back and the lease is over", async () => {
      const service = await services.start(program);
      const { store, end } = await openStore(name, service.url, { ...names, timeoutSeconds: 0.5, leaseSeconds: 1 });
      const [started, killed] = [gate(), gate()];
      let calls = 0;
      const { receiver, codes } = recording(store, async () => {
        if (++calls > 1) return;
        started.open();
        await killed.opened;
      });
      const first = receiver.receive(...deliveryOf("evt_2"));
      await started.opened;
      await service.kill();
      killed.open();
      assert.deepEqual([(await first).status, codes], [503, ["store_unavailable"]]);
      await service.start();
      await redelivered(receiver, deliveryOf("evt_2"));
      // A client that waits for its server may still complete the claim in time.
      assert.ok(calls === 1 || calls === 2, `${calls}`);
      await end();
    });

    test("slow: 503 in time, no handler; handled when it replies again", async () => {
      const service = await services.start(program);
      const { store, end } = await openStore(name, service.url, { ...names, timeoutSeconds: 0.5, leaseSeconds: 1 });
      let calls = 0;
      const { receiver, logged } = recording(store, () => void calls++);
      await receiver.receive(...deliveryOf("evt_3"));
      service.freeze();
      const began = performance.now();
      const answers = await Promise.all(["evt_4", "evt_5"].map((id) => receiver.receive(...deliveryOf(id))));
      const took = performance.now() - began;
      service.thaw();
      assert.deepEqual([answers.map(({ status }) => status), calls], [[503, 503], 1]);
      assert.ok(took < 4_000, `${took} ms`);
      assert.match(logged("error")[0], /StoreTimeoutError/);
      await redelivered(receiver, deliveryOf("evt_4"));
      await redelivered(receiver, deliveryOf("evt_5"));
      assert.equal(calls, 3);
      await end();
    });

    test("slow in the middle: 503 in time", async () => {
      const service = await services.start(program);
      const { store, end } = await openStore(name, service.url, { ...names, timeoutSeconds: 0.5, leaseSeconds: 1 });
      let [calls, frozen] = [0, true];
      const { receiver, codes } = recording(store, () => {
        calls++;
        if (frozen) service.freeze();
      });
      const answer = await receiver.receive(...deliveryOf("evt_6"));
      frozen = false;
      service.thaw();
      assert.deepEqual([answer.status, codes], [503, ["store_unavailable"]]);
      await redelivered(receiver, deliveryOf("evt_6"));
      // Only the store knows whether the completion took effect.
      assert.ok(calls === 1 || calls === 2, `${calls}`);
      await end();
    });
  });
}

for (const name of ["node-redis", "ioredis"]) {
  test(`${name}: connections that are cut in a flood make no event take effect twice`, async () => {
    const service = await services.start("redis");
    const [{ store, end }, { client: other, end: endOther }] = [await openStore(name, service.url, { prefix: `flood_${name}` }), await openStore("node-redis", service.url)];
    try {
      const handled = new Map();
      const { receiver } = recording(store, async ({ id }) => {
        handled.set(id, (handled.get(id) ?? 0) + 1);
        await sleep(2);
      });
      const deliveries = Array.from({ length: 200 }, (_, event) => deliveryOf(`evt_${event}`));
      let isOver = false;
      const cutting = (async () => {
        for (; !isOver; await sleep(15)) await other.sendCommand(["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]).catch(() => {});
      })();
      const flood = [...deliveries, ...deliveries].map((delivery) => receiver.receive(...delivery));
      await Promise.all(flood);
      isOver = true;
      await cutting;
      for (const delivery of deliveries) await redelivered(receiver, delivery);
      assert.deepEqual([handled.size, [...handled].filter(([, count]) => count > 1)], [200, []]);
    } finally {
      await end();
      await endOther();
    }
  });
}
