// The responses, logs and results of a receiver, without a framework.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { WebhookReceiver, WebhookRouter, WebhookVerifier, sign } from "@payvost/webhooks";
import { sampleEvent, signedRequest } from "@payvost/webhooks/testing";
import { SECRET, codeOf } from "../test-support/sample.mjs";

const EVENT = sampleEvent("payment.succeeded", { id: "evt_7" });
const { body, headers } = signedRequest(EVENT, SECRET);
const signature = headers["Payvost-Signature"];
const JSON_HEADERS = { "content-type": "application/json" };
const FAILED = { status: 500, headers: JSON_HEADERS, body: '{"error":{"code":"handler_failed","message":"the handler failed"}}' };

/** A logger that keeps the level, the line and the fields of each record. */
function recorder() {
  const records = [];
  const keep = (level) => (...parts) => records.push([level, ...parts]);
  return { records, info: keep("info"), warn: keep("warn"), error: keep("error") };
}

describe("receive", () => {
  test("responds, logs and reports a handled event", async () => {
    const [logger, handled, results] = [recorder(), [], []];
    const receiver = new WebhookReceiver([`${SECRET}x`, SECRET], (event) => handled.push(event), { logger, onResult: (result) => results.push(result) });
    assert.deepEqual(await receiver.receive(Buffer.from(body), signature), { status: 200, headers: JSON_HEADERS, body: '{"received":true}' });
    assert.deepEqual(handled, [EVENT]);
    const fields = { code: "handled", event_id: "evt_7", event_type: "payment.succeeded" };
    assert.deepEqual(logger.records, [["info", "webhook event handled: payment.succeeded evt_7", fields]]);
    const [{ durationSeconds, ...result }] = results;
    assert.ok(durationSeconds >= 0 && durationSeconds < 60);
    assert.deepEqual(result, { code: "handled", status: 200, eventId: "evt_7", eventType: "payment.succeeded", matchingSecret: 1 });
  });

  const refusals = [
    [400, "missing_signature", "warn", body, undefined],
    [400, "malformed_signature", "warn", body, `${signature}, ${signature}`],
    [400, "malformed_signature", "warn", body, [signature, signature]],
    [400, "signature_mismatch", "warn", `${body} `, signature],
    [400, "invalid_json", "warn", "[1,]", sign("[1,]", SECRET)],
    [400, "invalid_event", "warn", "{}", sign("{}", SECRET)],
    [400, "live_mode_mismatch", "warn", body, signature],
    [413, "payload_too_large", "warn", Buffer.alloc(2 ** 20 + 1), signature],
    [500, "payload_not_raw", "error", EVENT, signature],
    [500, "payload_not_raw", "error", undefined, signature],
    [500, "payload_not_raw", "error", 2 ** 40, signature],
  ];
  for (const [status, code, level, payload, header] of refusals) {
    test(`responds, logs and reports ${code} for ${typeof payload} ${String(header).length}`, async () => {
      const [logger, results] = [recorder(), []];
      const verifier = new WebhookVerifier(SECRET, { expectLiveMode: true });
      const receiver = new WebhookReceiver(verifier, () => assert.fail("called"), { logger, onResult: (result) => results.push(result) });
      const answer = await receiver.receive(payload, header);
      assert.deepEqual([answer.status, JSON.parse(answer.body).error.code], [status, code]);
      const [[recorded, text, { message, hint, ...fields }, ...rest]] = logger.records;
      assert.deepEqual([logger.records.length, recorded, rest], [1, level, []]);
      assert.ok(text.startsWith(`webhook refused: ${code}: ${message}`) && text.endsWith(`. ${hint}`), text);
      assert.equal(fields.code, code);
      const [{ durationSeconds: _duration, ...result }] = results;
      assert.deepEqual(result, { code, status, eventId: null, eventType: null, matchingSecret: null });
      for (const secret of [SECRET, signature, "evt_7"]) assert.ok(!inspect([answer, logger.records, results]).includes(secret));
    });
  }

  test("names the place of the problem in a payload", async () => {
    const logger = recorder();
    const receiver = new WebhookReceiver(SECRET, () => {}, { logger });
    await receiver.receive("[1,]", sign("[1,]", SECRET));
    await receiver.receive("{}", sign("{}", SECRET));
    assert.match(logger.records[0][1], /\(offset 3\)/);
    assert.match(logger.records[1][1], /\(pointer \/id\)/);
    assert.deepEqual(logger.records.map(([, , { offset, pointer }]) => [offset, pointer]), [[3, undefined], [undefined, "/id"]]);
  });

  test("waits for the handler", async () => {
    let finish;
    const started = new Promise((resolve) => {
      const receiver = new WebhookReceiver(SECRET, () => new Promise((done) => resolve((finish = done))), {});
      receiver.receive(body, signature).then(() => order.push("answered"));
    });
    const order = [];
    await started;
    await new Promise(setImmediate);
    order.push("finished");
    finish();
    await new Promise(setImmediate);
    assert.deepEqual(order, ["finished", "answered"]);
  });

  test("responds with 200 if no handler matches the type, and logs it", async () => {
    const [logger, codes] = [recorder(), []];
    const options = { logger, onResult: ({ code, eventId }) => codes.push([code, eventId]) };
    const answer = await new WebhookReceiver(SECRET, new WebhookRouter().on("user.*", () => assert.fail()), options).receive(body, signature);
    assert.deepEqual([answer.status, codes], [200, [["unhandled", "evt_7"]]]);
    assert.deepEqual(logger.records.map(([level, line]) => [level, line]), [["info", "no handler for this event type: payment.succeeded evt_7"]]);
  });

  test("calls a dispatch that a subclass overrides", async () => {
    class Traced extends WebhookRouter {
      dispatch(event, claim) {
        return [super.dispatch(event, claim), handled.push("traced")];
      }
    }
    const handled = [];
    const router = new Traced().on("payment.*", ({ id }) => handled.push(id));
    assert.equal((await new WebhookReceiver(SECRET, router).receive(body, signature)).status, 200);
    assert.deepEqual(handled, ["evt_7", "traced"]);
  });

  test("simultaneous deliveries are not mixed up", async () => {
    const results = [];
    const receiver = new WebhookReceiver(SECRET, ({ id }) => new Promise((done) => setTimeout(done, Number(id) % 7)), { onResult: (result) => results.push(result) });
    const ids = Array.from({ length: 300 }, (_, number) => String(number));
    const answers = await Promise.all(ids.map((id) => {
      const request = signedRequest(sampleEvent("user.created", { id }), SECRET);
      return receiver.receive(request.body, Number(id) % 3 ? request.headers["Payvost-Signature"] : "00");
    }));
    assert.deepEqual(answers.map(({ status }) => status), ids.map((id) => (Number(id) % 3 ? 200 : 400)));
    assert.deepEqual(results.filter(({ code }) => code === "handled").map(({ eventId }) => eventId).sort(), ids.filter((id) => Number(id) % 3).sort());
  });
});

describe("a handler that fails", () => {
  class DatabaseError extends Error {
    constructor() {
      super("connection lost", { cause: new Error("ECONNRESET") });
      this.parameters = EVENT.data; // as many libraries do
    }
  }
  const handlers = {
    "that throws": () => { throw new DatabaseError(); },
    "whose promise is rejected": async () => { throw new DatabaseError(); },
    "of a router": new WebhookRouter().on("payment.*", async () => { throw new DatabaseError(); }),
  };
  for (const [name, handler] of Object.entries(handlers)) {
    test(`${name}: 500, its stack in the log, and nothing of the event`, async () => {
      const [logger, results] = [recorder(), []];
      const receiver = new WebhookReceiver(SECRET, handler, { logger, onResult: ({ code }) => results.push(code) });
      assert.deepEqual(await receiver.receive(body, signature), FAILED);
      const [[level, text]] = logger.records;
      assert.equal(level, "error");
      assert.match(text, /^webhook handler failed: payment\.succeeded evt_7 \(reason raised, error_class DatabaseError\)\nError: connection lost\n +at .*receiver\.test\.mjs/);
      assert.match(text, /caused by: Error: ECONNRESET\n/);
      for (const secret of [SECRET, signature, "99.99", "customer@example.com"]) assert.ok(!text.includes(secret), secret);
      assert.deepEqual(results, ["handler_failed"]);
    });
  }

  for (const thrown of [undefined, null, "99.99", EVENT, Object.create(null), new Proxy({}, { get: () => { throw new Error("no"); } })]) {
    test(`with ${inspect(thrown).slice(0, 20)}: 500, and the thrown value is not logged`, async () => {
      const logger = recorder();
      const receiver = new WebhookReceiver(SECRET, () => { throw thrown; }, { logger });
      assert.deepEqual(await receiver.receive(body, signature), FAILED);
      assert.ok(!inspect(logger.records).includes("99.99"));
    });
  }
});

describe("a logger or hook cannot change the response", () => {
  const broken = {
    "an onResult that throws": { onResult: () => { throw new Error("no metrics"); } },
    "an onResult whose promise is rejected": { onResult: async () => { throw new Error("no metrics"); } },
  };
  for (const [name, options] of Object.entries(broken)) {
    test(name, async () => {
      const logger = recorder();
      const answer = await new WebhookReceiver(SECRET, () => {}, { ...options, logger }).receive(body, signature);
      assert.equal(answer.status, 200);
      await new Promise(setImmediate);
      assert.match(inspect(logger.records), /onResult failed.*no metrics/s);
    });
  }

  const throws = () => { throw new Error("disk full"); };
  const rejects = async () => { throw new Error("disk full"); };
  const hostile = () => ({ get then() { throw new Error("disk full"); } });
  const loggers = { throws, rejects, hostile, "whose methods throw": { info: throws, warn: throws, error: throws }, "whose methods reject": { info: rejects, warn: rejects, error: rejects } };
  for (const [name, logger] of Object.entries(loggers)) {
    test(`a logger: ${name}`, async () => {
      // An unhandled rejection would end this process.
      const receiver = new WebhookReceiver(SECRET, ({ type }) => type === "user.created" && throws(), { logger, onResult: rejects });
      const failing = signedRequest(sampleEvent("user.created"), SECRET);
      assert.equal((await receiver.receive(body, signature)).status, 200);
      assert.equal((await receiver.receive(body, "00")).status, 400);
      assert.equal((await receiver.receive(failing.body, failing.headers["Payvost-Signature"])).status, 500);
      await new Promise(setImmediate);
    });
  }

  test("a logging function receives records", async () => {
    const records = [];
    const error = new TypeError("no");
    const receiver = new WebhookReceiver(SECRET, () => { throw error; }, { logger: (record) => records.push(record) });
    await receiver.receive(body, "00");
    await receiver.receive(body, signature);
    const [{ line, fields, ...refused }, failed] = records;
    assert.deepEqual(refused, { level: "warn", text: "webhook refused" });
    assert.match(line, /^webhook refused: malformed_signature: /);
    assert.equal(fields.code, "malformed_signature");
    assert.deepEqual(failed, {
      level: "error",
      text: "webhook handler failed",
      line: "webhook handler failed: payment.succeeded evt_7 (reason raised, error_class TypeError)",
      fields: { code: "handler_failed", event_id: "evt_7", event_type: "payment.succeeded", reason: "raised", error_class: "TypeError" },
      exception: error,
    });
  });

  test("line breaks in the type of an event", async () => {
    const logger = recorder();
    const forging = signedRequest({ ...EVENT, type: 'a\nwebhook handled: "evt_8"' }, SECRET);
    await new WebhookReceiver(SECRET, () => {}, { logger }).receive(forging.body, forging.headers["Payvost-Signature"]);
    assert.equal(logger.records[0][1].split("\n").length, 1);
  });
});

describe("by default", () => {
  test("warnings and errors go to the console, and handled events do not", async (context) => {
    const said = [];
    for (const level of ["log", "info", "warn", "error"]) context.mock.method(console, level, (text) => said.push([level, text.split(":")[0]]));
    const receiver = new WebhookReceiver(SECRET, ({ type }) => assert.notEqual(type, "user.created"));
    await receiver.receive(body, signature);
    await receiver.receive(body, "00");
    await receiver.receive({}, signature);
    const failing = signedRequest(sampleEvent("user.created"), SECRET);
    await receiver.receive(failing.body, failing.headers["Payvost-Signature"]);
    assert.deepEqual(said, [["warn", "webhook refused"], ["error", "webhook refused"], ["error", "webhook handler failed"]]);
  });
});

describe("an invalid receiver is rejected by the constructor", () => {
  const verifier = new WebhookVerifier(SECRET);
  const mistakes = {
    "no secret": ["invalid_secret", undefined, () => {}],
    "an API key": ["invalid_secret", "sk_live_abc", () => {}],
    "no handler": ["invalid_option", verifier],
    "a handler that is not a function": ["invalid_option", verifier, {}],
    "an option of the verifier": ["invalid_option", SECRET, () => {}, { expectLiveMode: true }],
    "a misspelled option": ["invalid_option", SECRET, () => {}, { onresult() {} }],
    "a logger without levels": ["invalid_option", SECRET, () => {}, { logger: { log() {} } }],
    "a hook that is not a function": ["invalid_option", SECRET, () => {}, { onResult: "count" }],
  };
  for (const [name, [code, ...parameters]] of Object.entries(mistakes)) {
    test(name, () => assert.equal(codeOf(() => new WebhookReceiver(...parameters)), code));
  }

  test("the message names a misspelled option", () => {
    const message = "unknown option `onresult`";
    assert.throws(() => new WebhookReceiver(SECRET, () => {}, { onresult() {} }), { message });
  });
});
