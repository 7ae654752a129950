// The API of the package, and the results of its calls.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createRequire } from "node:module";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { Worker } from "node:worker_threads";
import * as esm from "@payvost/webhooks";
import { WebhookVerifier, sign, verifyWebhook } from "@payvost/webhooks";
import { EVENT, SECRET, SIGNATURE, TEXT, codeOf, eventText } from "../test-support/sample.mjs";

const bytes = Uint8Array.from(Buffer.from(TEXT));

describe("loading", () => {
  test("require and import export the same objects under the same names", () => {
    const cjs = createRequire(import.meta.url)("@payvost/webhooks");
    assert.deepEqual(Object.keys(cjs).sort(), Object.keys(esm).sort());
    for (const [name, value] of Object.entries(cjs)) assert.equal(esm[name], value, name);
  });

  for (const entry of ["express", "fastify", "fetch", "http", "stores", "testing"]) {
    test(`the same holds for ${entry}`, async () => {
      const required = createRequire(import.meta.url)(`@payvost/webhooks/${entry}`);
      const imported = await import(`@payvost/webhooks/${entry}`);
      assert.ok(Object.keys(required).length > 0);
      assert.deepEqual(Object.keys(required).sort(), Object.keys(imported).sort());
      for (const [name, value] of Object.entries(required)) assert.equal(imported[name], value, name);
    });
  }

  test("the exports are the documented ones", () => {
    assert.deepEqual(Object.keys(esm).sort(), [
      "ApiError",
      "ConfigurationError",
      "EventRejectedError",
      "InvalidPayloadError",
      "Payvost",
      "Rotation",
      "SignatureVerificationError",
      "WebhookError",
      "WebhookReceiver",
      "WebhookRouter",
      "WebhookVerifier",
      "sign",
      "verifyWebhook",
    ]);
  });
});

describe("verify", () => {
  const forms = { string: TEXT, Buffer: Buffer.from(TEXT), Uint8Array: bytes, ArrayBuffer: bytes.buffer };
  for (const [name, payload] of Object.entries(forms)) {
    test(`accepts a payload that is a ${name}`, () => {
      assert.deepStrictEqual(verifyWebhook(payload, SIGNATURE, SECRET), EVENT);
      assert.deepStrictEqual(new WebhookVerifier(SECRET).verify(payload, SIGNATURE), EVENT);
    });
  }

  test("reads a view as its part of the buffer", () => {
    const whole = new Uint8Array(bytes.length + 20);
    whole.set(bytes, 7);
    assert.deepStrictEqual(verifyWebhook(whole.subarray(7, 7 + bytes.length), SIGNATURE, SECRET), EVENT);
  });

  test("accepts a concatenated string", () => {
    const pieces = [...TEXT].reduce((text, character) => text + character, "");
    assert.deepStrictEqual(verifyWebhook(pieces, SIGNATURE, SECRET), EVENT);
  });

  test("leaves the payload as it was", () => {
    const payload = Buffer.from(TEXT);
    verifyWebhook(payload, SIGNATURE, SECRET);
    assert.equal(payload.toString(), TEXT);
  });

  test("returns what JSON.parse returns, with __proto__ as a plain own property", () => {
    const text = eventText().replace("{", '{"__proto__":{"polluted":true},"10":1,"2":-0,"constructor":null,"":1e-7,');
    const event = verifyWebhook(text, sign(text, SECRET), SECRET);
    assert.deepStrictEqual(event, JSON.parse(text));
    assert.deepEqual(Object.keys(event), Object.keys(JSON.parse(text)));
    assert.ok(Object.hasOwn(event, "__proto__"));
    assert.equal(event.polluted, undefined);
    assert.equal(Object.getPrototypeOf(event), Object.prototype);
    assert.ok(Object.is(event["2"], -0));
  });

  test("returns a new value for each call, which can be changed and cloned", () => {
    const verifier = new WebhookVerifier(SECRET);
    const event = verifier.verify(TEXT, SIGNATURE);
    event.data.amount = "0.01";
    assert.deepStrictEqual(structuredClone(verifier.verify(TEXT, SIGNATURE)), EVENT);
  });

  for (const [name, note] of Object.entries({ "Latin-1": "ÿ", Cyrillic: "Привет", "an astral plane": "😀𝕏", "U+FFFD": "\ufffd" })) {
    test(`reads text with ${name}`, () => {
      const text = eventText({ data: { note } });
      for (const payload of [text, Buffer.from(text)]) {
        assert.equal(verifyWebhook(payload, sign(payload, SECRET), SECRET).data.note, note);
      }
    });
  }

  test("does not depend on methods that the payload overrides", () => {
    class Liar extends Uint8Array {
      get length() {
        return 0;
      }
      get buffer() {
        throw new Error("no");
      }
      toString() {
        return "{}";
      }
    }
    assert.deepStrictEqual(verifyWebhook(new Liar(bytes), SIGNATURE, SECRET), EVENT);
    const buffer = Object.assign(Buffer.from(TEXT), { latin1Slice: () => "{}", utf8Slice: () => "{}", toString: () => "{}" });
    assert.deepStrictEqual(verifyWebhook(buffer, SIGNATURE, SECRET), EVENT);
  });
});

describe("shared memory", () => {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);

  test("is read like any other header", () => {
    assert.deepStrictEqual(verifyWebhook(shared, SIGNATURE, SECRET), EVENT);
  });

  test("cannot be changed between the check of the signature and the reading of the event", async () => {
    const place = TEXT.indexOf("99.99");
    const source = `const { shared, place } = require("node:worker_threads").workerData;
      require("node:worker_threads").parentPort.postMessage("running");
      for (;;) { Atomics.store(shared, place, 0x31); Atomics.store(shared, place, 0x39); }`;
    const worker = new Worker(source, { eval: true, workerData: { shared, place } });
    try {
      await new Promise((resolve) => worker.once("message", resolve));
      const verifier = new WebhookVerifier(SECRET);
      for (let round = 0; round < 20_000; round++) {
        let event;
        try {
          event = verifier.verify(shared, SIGNATURE);
        } catch (error) {
          assert.equal(error.code, "signature_mismatch");
          continue;
        }
        assert.equal(event.data.amount, "99.99");
      }
    } finally {
      await worker.terminate();
    }
  });
});

describe("secrets", () => {
  test("may be text or bytes, one or several, in any order", () => {
    const raw = new TextEncoder().encode(SECRET);
    for (const secret of [SECRET, raw, Buffer.from(raw), [SECRET], ["other", raw], [raw, "other"]]) {
      assert.deepStrictEqual(new WebhookVerifier(secret).verify(TEXT, SIGNATURE), EVENT);
      assert.deepStrictEqual(verifyWebhook(TEXT, SIGNATURE, secret), EVENT);
    }
    assert.equal(codeOf(() => new WebhookVerifier(["one", "other"]).verify(TEXT, SIGNATURE)), "signature_mismatch");
  });

  test("given as text count as UTF-8", () => {
    assert.equal(sign(TEXT, "schlüssel-€-😀"), createHmac("sha256", "schlüssel-€-😀").update(TEXT).digest("hex"));
  });

  test("are read when the verifier is made, and not again", () => {
    const raw = Buffer.from(SECRET);
    const list = [raw];
    const verifier = new WebhookVerifier(list);
    raw.fill(0);
    list.length = 0;
    assert.deepStrictEqual(verifier.verify(TEXT, SIGNATURE), EVENT);
  });

  test("do not show in the verifier", () => {
    const verifier = new WebhookVerifier(SECRET);
    const shown = [
      String(verifier),
      JSON.stringify(verifier),
      inspect(verifier, { depth: Infinity, showHidden: true, showProxy: true }),
      JSON.stringify(structuredClone(verifier)),
      Reflect.ownKeys(verifier).map(String).join(),
    ];
    for (const text of shown) assert.ok(!text.includes(SECRET), text);
    assert.deepEqual(Reflect.ownKeys(verifier), []);
  });
});

describe("options", () => {
  const at = (milliseconds) => {
    const text = eventText({ createdAt: new Date(Date.now() + milliseconds).toISOString() });
    return [text, sign(text, SECRET)];
  };
  const HOUR = 3_600_000;

  test("toleranceSeconds rejects events that are too old or in the future", () => {
    const verifier = new WebhookVerifier(SECRET, { toleranceSeconds: 3600 });
    assert.equal(codeOf(() => verifier.verify(...at(-2 * HOUR))), "event_too_old");
    assert.equal(codeOf(() => verifier.verify(...at(2 * HOUR))), "event_in_future");
    assert.equal(verifier.verify(...at(-HOUR / 2)).id, "evt_1");
    assert.equal(new WebhookVerifier(SECRET, { toleranceSeconds: 5400.5 }).verify(...at(-HOUR)).id, "evt_1");
  });

  test("expectLiveMode rejects the other mode", () => {
    assert.equal(codeOf(() => new WebhookVerifier(SECRET, { expectLiveMode: false }).verify(TEXT, SIGNATURE)), "live_mode_mismatch");
    assert.deepStrictEqual(new WebhookVerifier(SECRET, { expectLiveMode: true }).verify(TEXT, SIGNATURE), EVENT);
  });

  test("maxPayloadBytes counts bytes of UTF-8", () => {
    for (const payload of [TEXT, bytes, bytes.buffer]) {
      const verify = (maxPayloadBytes) => new WebhookVerifier(SECRET, { maxPayloadBytes }).verify(payload, SIGNATURE);
      assert.deepStrictEqual(verify(bytes.length), EVENT);
      assert.equal(codeOf(() => verify(bytes.length - 1)), "payload_too_large");
      assert.equal(codeOf(() => verify(1)), "payload_too_large");
    }
  });

  test("may be missing, null or undefined, in an object of any realm", () => {
    const none = { toleranceSeconds: null, expectLiveMode: undefined, maxPayloadBytes: null };
    for (const options of [undefined, null, {}, none, Object.assign(Object.create(null), none)]) {
      assert.deepStrictEqual(new WebhookVerifier(SECRET, options).verify(TEXT, SIGNATURE), EVENT);
    }
  });

  test("are read when the verifier is made", () => {
    const options = { expectLiveMode: true };
    const verifier = new WebhookVerifier(SECRET, options);
    options.expectLiveMode = false;
    assert.deepStrictEqual(verifier.verify(TEXT, SIGNATURE), EVENT);
  });
});

describe("verifySignature", () => {
  test("returns nothing, and does not read the payload", () => {
    const verifier = new WebhookVerifier(SECRET, { expectLiveMode: true });
    for (const payload of ["", "not JSON", Buffer.from([0xff]), TEXT]) {
      assert.equal(verifier.verifySignature(payload, sign(payload, SECRET)), undefined);
    }
    assert.equal(codeOf(() => verifier.verifySignature(TEXT, "0".repeat(64))), "signature_mismatch");
  });
});

describe("sign", () => {
  test("is HMAC-SHA256 in lowercase hex, for payloads of any length", () => {
    for (const payload of ["", TEXT, Buffer.alloc(3_000_000, 0xfe), "é".repeat(2_000_000)]) {
      assert.equal(sign(payload, SECRET), createHmac("sha256", SECRET).update(payload).digest("hex"));
    }
  });
});

test("a verifier can be extended", () => {
  class Logged extends WebhookVerifier {
    verify(payload, signature) {
      return { ...super.verify(payload, signature), seen: true };
    }
  }
  assert.equal(new Logged(SECRET).verify(TEXT, SIGNATURE).seen, true);
});
