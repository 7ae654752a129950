// A host that changes inherited properties, or writes to a body during verification. The result is still the signed event.
import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, read, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { WebhookVerifier, sign } from "@payvost/webhooks";
import { native } from "../lib/native.js";
import { SECRET, eventText } from "../test-support/sample.mjs";

const verifier = new WebhookVerifier(SECRET);
const withData = (data) => eventText({ data: {} }).replace('"data":{}', `"data":${data}`);

/** Runs the function while the property exists. */
function polluted(object, name, descriptor, run) {
  Object.defineProperty(object, name, { configurable: true, ...descriptor });
  try {
    return run();
  } finally {
    delete object[name];
  }
}

describe("inherited properties", () => {
  const MEMBERS = `"amount":"1","code":1,"get":[],"value":{"amount":"2","list":[1,"a",null,[true]]}`;
  // The package does not remember objects with a name as long as this one.
  const LONG = "a name that is longer than most";
  const TEXT = withData(
    `{${MEMBERS},"longer":{${MEMBERS},"${LONG}":1},"strings":[${Array.from({ length: 200 }, (_, index) => `"s${index}"`)}]}`,
  );
  const payload = Buffer.from(TEXT);
  const signature = sign(TEXT, SECRET);
  const EXPECTED = JSON.parse(TEXT);
  for (let time = 0; time < 3; time++) verifier.verify(payload, signature); // now every name is known, and every object that can be

  // Not an array: the setter may be on Array.prototype.
  const written = new Set();
  const overwrite = { set(value) { written.add(value); payload.fill(0x20); } };
  const READ_ONLY = { value: "inherited", writable: false };
  const names = ["amount", "code", "get", "set", "value", "list", "strings", "id", "data", "plan", "more", "0"];
  const cases = [
    ...[0, 1, 61, 62, 63, 124, 125, 199].map((index) => [Array.prototype, index, overwrite]),
    ...[0, 62].map((index) => [Array.prototype, index, READ_ONLY]),
    ...[0, 150].map((index) => [Object.prototype, index, overwrite]),
    ...names.flatMap((name) => [[Object.prototype, name, overwrite], [Object.prototype, name, READ_ONLY]]),
    [Object.prototype, "get", { value: () => "inherited", writable: true }],
  ];
  for (const [object, name, descriptor] of cases) {
    const kind = descriptor.set ? "a setter" : descriptor.writable ? "a value" : "a read-only value";
    test(`${kind} named ${name} on ${object === Array.prototype ? "Array" : "Object"}.prototype`, () => {
      payload.write(TEXT);
      let event;
      polluted(object, name, descriptor, () => (event = verifier.verify(payload, signature)));
      assert.deepStrictEqual([event, written.size, payload.toString()], [EXPECTED, 0, TEXT]);
    });
  }

  // An object is remembered when it arrives for the second time.
  test("while an object is remembered", () => {
    for (const [index, [object, name, descriptor]] of cases.entries()) {
      const text = withData(`{"fresh${index}":1,"amount":"1","0":"b","list":[1,{"code":2}]}`);
      const header = sign(text, SECRET);
      verifier.verify(text, header);
      let second, third;
      polluted(object, name, descriptor, () => (second = verifier.verify(text, header)));
      polluted(object, name, descriptor, () => (third = verifier.verify(text, header)));
      const expected = JSON.parse(text);
      assert.deepStrictEqual([second, third, written.size], [expected, expected, 0], String(name));
    }
  });

  test("arrays that inherit from a proxy", () => {
    const asked = [];
    Object.setPrototypeOf(Array.prototype, new Proxy(Object.prototype, { has: (_, name) => void asked.push(name), set: () => assert.fail() }));
    let event;
    try {
      event = verifier.verify(payload, signature);
    } finally {
      Object.setPrototypeOf(Array.prototype, Object.prototype);
    }
    assert.deepStrictEqual([event, asked], [EXPECTED, []]);
  });

  test("an error has every property", () => {
    const refusals = [["{}", "invalid_event", "/id"], ["[1,]", "invalid_json", 3]];
    const polluting = [
      ...[0, 1, 2, 3, 4, 5].map((index) => [Array.prototype, index, overwrite]),
      ...["code", "hint", "offset", "pointer", "message"].flatMap((name) => [[Object.prototype, name, overwrite], [Object.prototype, name, READ_ONLY]]),
    ];
    for (const [object, name, descriptor] of polluting) {
      for (const [text, code, place] of refusals) {
        const header = sign(text, SECRET);
        let error;
        polluted(object, name, descriptor, () => {
          try {
            verifier.verify(text, header);
          } catch (caught) {
            error = caught;
          }
        });
        assert.deepEqual([error.code, error.pointer ?? error.offset, typeof error.hint], [code, place, "string"], `${String(name)} ${code}`);
      }
      let error;
      polluted(object, name, descriptor, () => {
        try {
          verifier.verify(TEXT, "0".repeat(64));
        } catch (caught) {
          error = caught;
        }
      });
      assert.deepEqual([error.code, error.offset, typeof error.hint], ["signature_mismatch", null, "string"], name);
    }
    assert.equal(written.size, 0);
  });

  test("a list of secrets is read, and a list from the native half is complete", () => {
    const step = native.createMemoryClaims(1000);
    const claim = (key) => step("claim", [key, "f".repeat(64), "token", 60_000, 86_400_000, "payment.succeeded", null, null]);
    for (const index of [0, 1, 2]) {
      const [position, reply] = polluted(Array.prototype, index, overwrite, () => {
        const of = new WebhookVerifier(["whsec_a", "whsec_b", SECRET]);
        return [of.matchingSecret(TEXT, signature), claim(`webhook:evt_${index}`)];
      });
      assert.deepEqual([position, reply, written.size], [2, ["claimed", 1], 0]);
    }
    // More than fit into one call.
    for (let event = 0; event < 100; event++) {
      claim(`webhook:many_${event}`);
      step("release", [`webhook:many_${event}`, "token", 86_400_000, "TypeError"]);
    }
    const letters = polluted(Array.prototype, 0, overwrite, () => step("deadLetters", [100]));
    assert.deepEqual([letters.length, letters.every((letter) => letter.length === 6), written.size], [100, true, 0]);
  });
});

describe("a body that other code writes to during verification", () => {
  // Long enough that the other thread can write to it.
  const [signed, other] = ["a", "b"].map((letter) => Buffer.from(withData(`{"text":"${letter.repeat(2 ** 20 - 300)}","letter":"${letter}"}`)));
  const signature = sign(signed, SECRET);

  /** Verifies repeatedly. Every accepted event must be the signed one. */
  async function accepted(payload, rounds, between) {
    let count = 0;
    for (let round = 0; round < rounds; round++) {
      await between(round);
      try {
        const { text, letter } = verifier.verify(payload, signature).data;
        assert.ok(letter === "a" && !text.includes("b"), "unsigned content was accepted");
        count += 1;
      } catch (error) {
        if (error.code !== "signature_mismatch") throw error;
      }
    }
    return count;
  }

  test("fs.read into the same Buffer", async (context) => {
    const folder = mkdtempSync(join(tmpdir(), "payvost-webhooks-"));
    writeFileSync(join(folder, "other"), other);
    const file = openSync(join(folder, "other"));
    context.after(() => (closeSync(file), rmSync(folder, { recursive: true })));
    const payload = Buffer.from(signed);
    let reading = Promise.resolve();
    await accepted(payload, 300, async (round) => {
      await reading;
      signed.copy(payload);
      reading = promisify(read)(file, payload, 0, payload.length, 0);
      // A little later each time, up to the time that a verification takes.
      for (const until = performance.now() - 0.3 + (round % 30) / 20; performance.now() < until; );
    });
    await reading;
  });

  test("a worker that shares the memory", async () => {
    const shared = Buffer.from(new SharedArrayBuffer(signed.length));
    const source = `
      const { parentPort, workerData: { shared, signed, other } } = require("node:worker_threads");
      parentPort.postMessage("ready");
      for (;;) { shared.set(signed); shared.set(other); shared.set(signed); }`;
    const worker = new Worker(source, { eval: true, workerData: { shared, signed, other } });
    await new Promise((resolve) => worker.once("message", resolve));
    try {
      await accepted(shared, 150, () => new Promise(setImmediate));
    } finally {
      await worker.terminate();
    }
  });
});
