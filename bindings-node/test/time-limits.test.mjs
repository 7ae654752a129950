// What a receiver does with a handler that takes too long or never runs, with clocks that a test sets, and with objects of another copy.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { WebhookReceiver, WebhookRouter, WebhookVerifier } from "@payvost/webhooks";
import { expressHandler } from "@payvost/webhooks/express";
import { MemoryStore, SqlInbox } from "@payvost/webhooks/stores";
import { sampleEvent, signedRequest } from "@payvost/webhooks/testing";
import { deliveryOf, SECRET } from "../test-support/deliveries.mjs";
import { codeOf } from "../test-support/sample.mjs";

const DELIVERY = deliveryOf("evt_1");

function recording(handler, options = {}) {
  const [codes, lines] = [[], []];
  const receiver = new WebhookReceiver(SECRET, handler, { logger: ({ line }) => lines.push(line), onResult: ({ code }) => codes.push(code), ...options });
  return { receiver, codes, lines };
}

describe("a handler that takes longer than handlerTimeoutSeconds", () => {
  const stores = {
    "no store": () => undefined,
    "a memory store": () => new MemoryStore(),
    async "an inbox"() {
      const inbox = new SqlInbox(new Database(":memory:"));
      await inbox.createTable();
      return inbox;
    },
  };
  for (const [name, make] of Object.entries(stores)) {
    test(`and heeds its signal: 500, and the next delivery is handled; ${name}`, async () => {
      const store = await make();
      let calls = 0;
      const { receiver, codes, lines } = recording(
        async (_event, claim, signal) => {
          assert.equal(claim === undefined, store === undefined);
          if (++calls === 1) await sleep(60_000, undefined, { signal });
        },
        { store, handlerTimeoutSeconds: 0.05 },
      );
      const started = performance.now();
      assert.equal((await receiver.receive(...DELIVERY)).status, 500);
      assert.ok(performance.now() - started < 2_000);
      assert.match(lines[0], /^webhook handler exceeded its time limit: payment\.succeeded evt_1 \(.*reason timed_out/);
      if (store) assert.deepEqual((await store.deadLetters()).map(({ error }) => error), ["HandlerTimeout"]);
      assert.equal((await receiver.receive(...DELIVERY)).status, 200);
      assert.deepEqual([calls, codes], [2, ["handler_failed", "handled"]]);
    });

    if (name !== "no store") test(`and goes on: 500 in time, and its claim holds until it ends; ${name}`, async () => {
      const store = await make();
      let [calls, end] = [0];
      const { receiver, codes, lines } = recording(() => (++calls, new Promise((resolve) => (end = resolve))), { store, handlerTimeoutSeconds: 0.05 });
      assert.equal((await receiver.receive(...DELIVERY)).status, 500);
      assert.match(lines[0], /^webhook handler still runs.*reason abandoned/);
      // The database of the inbox is one connection, which the handler has.
      if (name !== "an inbox") assert.equal((await receiver.receive(...DELIVERY)).status, 409);
      end();
      await sleep(20);
      assert.equal((await receiver.receive(...DELIVERY)).status, 200);
      assert.deepEqual([calls, codes.at(-1)], [1, "already_handled"]);
    });
  }

  test("and goes on, and fails in the end: its event is released", async () => {
    const store = new MemoryStore();
    let fail;
    const { receiver } = recording(() => new Promise((_, reject) => (fail = reject)), { store, handlerTimeoutSeconds: 0.05 });
    await receiver.receive(...DELIVERY);
    fail(new TypeError("in the end"));
    await sleep(20);
    assert.deepEqual((await store.deadLetters()).map(({ error }) => error), ["TypeError"]);
  });

  test("a handler that is in time is not disturbed, and one that fails is logged as such", async () => {
    const signals = [];
    const { receiver, codes, lines } = recording(
      ({ type }, _claim, signal) => {
        signals.push(signal);
        if (type === "wallet.frozen") throw new RangeError("no");
      },
      { handlerTimeoutSeconds: 30 },
    );
    await receiver.receive(...DELIVERY);
    const { body, headers } = signedRequest(sampleEvent("wallet.frozen"), SECRET);
    await receiver.receive(body, headers["Payvost-Signature"]);
    assert.deepEqual([codes, signals.map(({ aborted }) => aborted)], [["handled", "handler_failed"], [false, false]]);
    assert.match(lines[1], /reason raised, error_class RangeError/);
  });

  test("an invalid option is refused", () => {
    for (const handlerTimeoutSeconds of [0, -1, NaN, Infinity, "3", 3_000_000]) {
      assert.equal(codeOf(() => new WebhookReceiver(SECRET, () => {}, { handlerTimeoutSeconds })), "invalid_option");
    }
    assert.doesNotThrow(() => new WebhookReceiver(SECRET, () => {}, { handlerTimeoutSeconds: null }));
  });
});

describe("a handler that would never run", () => {
  const generators = { *"a generator function"() {}, async *"an async generator function"() {} };
  for (const [name, handler] of Object.entries(generators)) {
    test(`${name} is refused when it is registered`, () => {
      assert.equal(codeOf(() => new WebhookRouter().on("payment.*", handler)), "invalid_option");
      assert.equal(codeOf(() => new WebhookReceiver(SECRET, handler)), "invalid_option");
    });
    test(`what returns the generator of ${name} has failed`, async () => {
      for (const returned of [() => handler(), async () => handler()]) {
        const { receiver, codes } = recording(returned);
        assert.equal((await receiver.receive(...DELIVERY)).status, 500);
        assert.deepEqual(codes, ["handler_failed"]);
      }
    });
  }

  test("a promise that a handler returns is awaited, whatever made it", async () => {
    const order = [];
    const thenable = { then: (resolve) => setTimeout(() => (order.push("handled"), resolve()), 20) };
    const { receiver } = recording(() => thenable);
    await receiver.receive(...DELIVERY);
    order.push("answered");
    assert.deepEqual(order, ["handled", "answered"]);
  });
});

describe("the clock", () => {
  test("of a verifier, also in a receiver", async () => {
    let now = Date.parse("2025-11-01T10:00:00Z");
    const verifier = new WebhookVerifier(SECRET, { toleranceSeconds: 60, clock: () => now });
    const codes = [];
    const receiver = new WebhookReceiver(verifier, () => {}, { logger: () => {}, onResult: ({ code }) => codes.push(code) });
    const [body, signature] = deliveryOf("evt_1", { createdAt: "2025-11-01T10:00:00Z" });
    for (const [seconds, code] of [[0, "handled"], [60, "handled"], [60.001, "event_too_old"], [-60, "handled"], [-61, "event_in_future"]]) {
      now = Date.parse("2025-11-01T10:00:00Z") + seconds * 1000;
      await receiver.receive(body, signature);
      assert.equal(codes.pop(), code, `${seconds}`);
      if (code === "handled") assert.doesNotThrow(() => verifier.verify(body, signature));
      else assert.equal(codeOf(() => verifier.verify(body, signature)), code);
    }
    // Without one it is the system's.
    assert.equal(codeOf(() => new WebhookVerifier(SECRET, { toleranceSeconds: 60 }).verify(body, signature)), "event_too_old");
  });

  test("of a memory store", async () => {
    let now = 1_000_000;
    const store = new MemoryStore({ clock: () => now, leaseSeconds: 60, rememberSeconds: 7_000 });
    const { receiver, codes } = recording((_event, claim) => claim.handOver(), { store });
    const steps = [[0, "handed_over"], [59, "in_progress"], [2, "handed_over"], [7_001, "handed_over"]];
    for (const [seconds, code] of steps) {
      now += seconds * 1000;
      await receiver.receive(...DELIVERY);
      assert.equal(codes.pop(), code, `${seconds}`);
    }
    now += 61_000;
    const [{ ageSeconds, reason, attempts }] = await store.deadLetters();
    assert.deepEqual([ageSeconds, reason, attempts], [1, "abandoned", 1]);
  });

  test("an invalid one is refused", () => {
    for (const clock of [0, "now", {}]) {
      assert.equal(codeOf(() => new WebhookVerifier(SECRET, { clock })), "invalid_option");
      assert.equal(codeOf(() => new MemoryStore({ clock })), "invalid_option");
    }
    for (const time of [undefined, new Date(), NaN, -1]) {
      assert.equal(codeOf(() => new WebhookVerifier(SECRET, { toleranceSeconds: 1, clock: () => time }).verify(...DELIVERY)), "invalid_option");
    }
    assert.doesNotThrow(() => new WebhookVerifier(SECRET, { clock: null }));
  });
});

test("objects of a second copy of the package are refused, and the message says so", () => {
  const script = `
    const first = require("@payvost/webhooks"), stores = require("@payvost/webhooks/stores");
    for (const name of Object.keys(require.cache)) if (!name.endsWith(".node")) delete require.cache[name];
    const second = require("@payvost/webhooks"), { expressHandler } = require("@payvost/webhooks/express");
    const handler = () => {};
    const attempts = [
      () => new second.WebhookReceiver(new first.WebhookVerifier("whsec_a"), handler),
      () => new second.WebhookReceiver("whsec_a", new first.WebhookRouter()),
      () => new second.WebhookReceiver("whsec_a", handler, { store: new stores.MemoryStore() }),
      () => expressHandler(new first.WebhookReceiver("whsec_a", handler)),
    ];
    for (const attempt of attempts) {
      try {
        attempt();
        console.log("accepted");
      } catch (error) {
        console.log(error.code, error.message);
      }
    }`;
  const printed = execFileSync(process.execPath, ["-e", script], { cwd: new URL("..", import.meta.url), encoding: "utf8" });
  assert.deepEqual(printed.trim().split("\n"), [
    "invalid_option verifier is a WebhookVerifier of another copy of @payvost/webhooks",
    "invalid_option handler is a WebhookRouter of another copy of @payvost/webhooks",
    "invalid_option store is a WebhookStore of another copy of @payvost/webhooks",
    "invalid_option receiver is a WebhookReceiver of another copy of @payvost/webhooks",
  ]);
  assert.equal(typeof expressHandler(new WebhookReceiver(SECRET, () => {})), "function");
});

describe("for tests of merchants", () => {
  test("fresh samples have ids of their own and are young", () => {
    const verifier = new WebhookVerifier(SECRET, { toleranceSeconds: 60 });
    const events = Array.from({ length: 100 }, () => sampleEvent("payment.succeeded", {}, { fresh: true }));
    assert.equal(new Set(events.map(({ id }) => id)).size, 100);
    const { body, headers } = signedRequest(events[0], SECRET);
    assert.deepEqual(verifier.verify(body, headers["Payvost-Signature"]), events[0]);
    const { id, createdAt, data } = sampleEvent("payment.succeeded", { id: "evt_7", data: { amount: "1" } }, { fresh: true });
    assert.deepEqual([id, data.amount, Date.now() - Date.parse(createdAt) < 10_000], ["evt_7", "1", true]);
    assert.deepEqual(sampleEvent("payment.succeeded"), sampleEvent("payment.succeeded"));
  });

  test("a request of every kind of body", () => {
    const event = sampleEvent("user.created");
    const bytes = new TextEncoder().encode(JSON.stringify(event));
    const padded = new Uint8Array([0, ...bytes, 0]);
    const bodies = [event, JSON.stringify(event), bytes, Buffer.from(bytes), bytes.buffer, new DataView(padded.buffer, 1, bytes.length), new Uint8Array(padded.buffer, 1, bytes.length)];
    for (const body of bodies) {
      const request = signedRequest(body, SECRET);
      assert.deepEqual(new WebhookVerifier(SECRET).verify(request.body, request.headers["Payvost-Signature"]), event);
      assert.ok(typeof request.body === "string" || request.body instanceof Uint8Array);
    }
  });
});
