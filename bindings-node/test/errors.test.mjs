// Errors: each argument in turn is invalid, and nothing else goes wrong.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { inspect, types } from "node:util";
import {
  ConfigurationError,
  EventRejectedError,
  InvalidPayloadError,
  SignatureVerificationError,
  WebhookError,
  WebhookVerifier,
  sign,
  verifyWebhook,
} from "@payvost/webhooks";
import { SECRET, SIGNATURE, TEXT, codeOf, eventText, refused } from "../test-support/sample.mjs";

const refusing = new Proxy({}, Object.fromEntries(Reflect.ownKeys(Reflect).map((trap) => [trap, deny])));
const revoked = Proxy.revocable([], {});
revoked.revoke();

function deny() {
  throw new RangeError("a trap");
}

function detached() {
  const array = new Uint8Array(8);
  structuredClone(array, { transfer: [array.buffer] });
  return array;
}

/** None of these is a payload, a signature or a secret. */
const WRONG = {
  null: null,
  undefined,
  zero: 0,
  number: 1.5,
  NaN,
  true: true,
  false: false,
  bigint: 10n,
  symbol: Symbol("s"),
  function: () => TEXT,
  class: WebhookVerifier,
  object: { type: "payment.succeeded" },
  "object without prototype": Object.create(null),
  "object that resembles a buffer": { type: "Buffer", data: [123, 125], length: 2, byteLength: 2 },
  "object that converts to text": { toString: () => TEXT, valueOf: () => TEXT, [Symbol.toPrimitive]: () => TEXT },
  "object that throws when read": refusing,
  "revoked proxy": revoked.proxy,
  "proxy of a buffer": new Proxy(Buffer.from(TEXT), {}),
  "String object": new String(TEXT),
  Date: new Date(0),
  Map: new Map(),
  Promise: Promise.resolve(TEXT),
  DataView: new DataView(new ArrayBuffer(8)),
  Uint8ClampedArray: new Uint8ClampedArray(8),
  Int8Array: new Int8Array(8),
  Uint16Array: new Uint16Array(8),
  Float64Array: new Float64Array(8),
  BigUint64Array: new BigUint64Array(8),
  SharedArrayBuffer: new SharedArrayBuffer(8),
  Blob: new Blob([TEXT]),
  "detached Uint8Array": detached(),
  "lone high surrogate": "a\ud800b",
  "lone low surrogate": "\udc00",
  "surrogates in the wrong order": "\udc00\ud800",
  "list of numbers": [1, 2],
  "list of null": [null],
  "list of lists": [[SECRET]],
  "huge sparse list": new Array(2 ** 32 - 1),
};

/** Strings that are neither a signature nor an event. */
const STRINGS = {
  NUL: "a\0b",
  "non-ASCII": "ü€😀",
  "digits that are not ASCII": "０".repeat(64),
  "characters whose low byte is a digit": "\u0130".repeat(64),
  "right signature in upper case": SIGNATURE.toUpperCase(),
  "right signature and a space": `${SIGNATURE} `,
  "right signature and a NUL": `${SIGNATURE}\0`,
  "right signature and a wide character": `${SIGNATURE}€`,
  "right signature and an astral character": `${SIGNATURE}😀`,
  "right signature twice": `${SIGNATURE}, ${SIGNATURE}`,
  "right signature, prefixed": `sha256=${SIGNATURE}`,
  "63 digits": SIGNATURE.slice(1),
  "long text": "a".repeat(1 << 20),
  "long text in pieces": Array.from({ length: 1000 }).reduce((text) => `${text}${SIGNATURE}`, ""),
};

const verifier = new WebhookVerifier(SECRET);

describe("payload", () => {
  for (const [name, payload] of Object.entries(WRONG)) {
    test(`${name} is payload_not_raw`, () => {
      assert.equal(codeOf(() => verifyWebhook(payload, SIGNATURE, SECRET)), "payload_not_raw");
      assert.equal(codeOf(() => verifier.verify(payload, SIGNATURE)), "payload_not_raw");
      assert.equal(codeOf(() => verifier.verifySignature(payload, SIGNATURE)), "payload_not_raw");
      assert.equal(codeOf(() => sign(payload, SECRET)), "payload_not_raw");
      assert.equal(codeOf(() => verifier.verify(payload, undefined)), "payload_not_raw");
    });
  }

  test("a detached ArrayBuffer is payload_not_raw", () => {
    const { buffer } = detached();
    assert.equal(codeOf(() => verifier.verify(buffer, SIGNATURE)), "payload_not_raw");
    assert.equal(codeOf(() => sign(buffer, SECRET)), "payload_not_raw");
  });

  for (const payload of ["", new Uint8Array(0), new ArrayBuffer(0), Buffer.alloc(0), new Uint8Array(new SharedArrayBuffer(0))]) {
    test(`an empty ${Object.prototype.toString.call(payload)} is empty, not absent`, () => {
      assert.equal(sign(payload, SECRET), sign("", SECRET));
      const { code, offset } = refused(() => verifier.verify(payload, sign(payload, SECRET)));
      assert.deepEqual({ code, offset }, { code: "invalid_json", offset: 0 });
    });
  }

  test("is measured before the signature is checked", () => {
    for (const payload of ["a".repeat(2 ** 20 + 1), Buffer.alloc(2 ** 20 + 1), new Uint8Array(new SharedArrayBuffer(2 ** 20 + 1))]) {
      assert.equal(codeOf(() => verifier.verify(payload, undefined)), "payload_too_large");
      assert.equal(codeOf(() => verifier.verifySignature(payload, 5)), "payload_too_large");
    }
  });
});

describe("signature", () => {
  const codes = (signature) => [
    codeOf(() => verifyWebhook(TEXT, signature, SECRET)),
    codeOf(() => verifier.verify(TEXT, signature)),
    codeOf(() => verifier.verifySignature(TEXT, signature)),
  ];

  for (const signature of [undefined, null, ""]) {
    test(`${inspect(signature)} is missing_signature`, () => {
      assert.deepEqual(codes(signature), Array(3).fill("missing_signature"));
    });
  }

  test("that is missing is missing_signature", () => {
    assert.equal(codeOf(() => verifier.verify(TEXT)), "missing_signature");
    assert.equal(codeOf(() => verifier.verifySignature(TEXT)), "missing_signature");
  });

  const wrong = Object.entries({ ...WRONG, ...STRINGS, "list of the right one": [SIGNATURE], Buffer: Buffer.from(SIGNATURE) });
  for (const [name, signature] of wrong.filter(([, signature]) => signature != null)) {
    test(`${name} is malformed_signature`, () => {
      assert.deepEqual(codes(signature), Array(3).fill("malformed_signature"));
    });
  }
});

describe("secret", () => {
  const codes = (secret) => [
    codeOf(() => verifyWebhook(TEXT, SIGNATURE, secret)),
    codeOf(() => new WebhookVerifier(secret)),
    codeOf(() => sign(TEXT, secret)),
    codeOf(() => verifyWebhook(null, null, secret)),
    codeOf(() => new WebhookVerifier(secret, { maxPayloadBytes: -1 })),
    codeOf(() => sign(null, secret)),
  ];

  const bad = {
    "empty text": "",
    whitespace: " \t\r\n\v\f",
    NULs: "\0\0",
    "text with a newline at its end": `${SECRET}\n`,
    "API key": "sk_live_abc",
    "no bytes": new Uint8Array(0),
    "blank bytes": Buffer.from(" \0"),
    ArrayBuffer: new ArrayBuffer(8),
    "empty list": [],
  };
  for (const [name, secret] of Object.entries({ ...WRONG, ...bad })) {
    test(`${name} is invalid_secret`, () => {
      assert.deepEqual(codes(secret), Array(6).fill("invalid_secret"));
      assert.equal(codeOf(() => new WebhookVerifier([SECRET, secret])), "invalid_secret");
      assert.equal(codeOf(() => verifyWebhook(TEXT, SIGNATURE, [SECRET, secret])), "invalid_secret");
    });
  }

  test("that is missing is invalid_secret", () => {
    assert.equal(codeOf(() => verifyWebhook(TEXT, SIGNATURE)), "invalid_secret");
    assert.equal(codeOf(() => new WebhookVerifier()), "invalid_secret");
    assert.equal(codeOf(() => sign(TEXT)), "invalid_secret");
    assert.equal(codeOf(() => verifyWebhook()), "invalid_secret");
  });

  test("cannot be a list for signing", () => {
    assert.equal(codeOf(() => sign(TEXT, [SECRET])), "invalid_secret");
  });

  test("is invalid_secret if reading the list throws", () => {
    const list = new Proxy([SECRET], { get: deny });
    assert.equal(codeOf(() => new WebhookVerifier(list)), "invalid_secret");
    assert.equal(codeOf(() => verifyWebhook(TEXT, SIGNATURE, list)), "invalid_secret");
    const getter = Object.defineProperty([], 0, { get: deny });
    assert.equal(codeOf(() => new WebhookVerifier(getter)), "invalid_secret");
  });

  test("is invalid_secret with a gap in the list", () => {
    assert.equal(codeOf(() => new WebhookVerifier([SECRET, , SECRET])), "invalid_secret"); // eslint-disable-line no-sparse-arrays
  });

  for (const secret of ["schlüssel", "a\0b", "日本語", "😀", "\ufffd"]) {
    test(`${inspect(secret)} is an ordinary secret`, () => {
      assert.equal(new WebhookVerifier(secret).verify(TEXT, sign(TEXT, secret)).id, "evt_1");
    });
  }
});

describe("options", () => {
  const codeWith = (options) => codeOf(() => new WebhookVerifier(SECRET, options));

  const numbers = ["5", "", NaN, Infinity, -1, true, 10n, [], [5], {}, Symbol("s"), () => 5, refusing, new Number(5)];
  const bad = {
    toleranceSeconds: [...numbers, 3_153_600_001, 1e300],
    expectLiveMode: ["true", "", 0, 1, NaN, 10n, [], {}, Symbol("s"), () => true, refusing, new Boolean(true)],
    maxPayloadBytes: [...numbers, 0, -0, 0.5, 1e300, 2 ** 28, 2 ** 53, 2 ** 64],
  };
  for (const [name, values] of Object.entries(bad)) {
    for (const value of values) {
      test(`${name}: ${value === refusing ? "a proxy" : inspect(value)} is invalid_option`, () => {
        assert.equal(codeWith({ [name]: value }), "invalid_option");
      });
    }
  }

  test("the limits themselves are accepted", () => {
    for (const toleranceSeconds of [0, -0, 0.25, 3_153_600_000]) new WebhookVerifier(SECRET, { toleranceSeconds });
    for (const maxPayloadBytes of [1, 2 ** 28 - 1]) new WebhookVerifier(SECRET, { maxPayloadBytes });
  });

  for (const name of ["tolerance", "toleranceInSeconds", "tolerance_seconds", "expectLivemode", "maxpayloadbytes", "", "__proto__x"]) {
    test(`an option named ${inspect(name)} is invalid_option`, () => {
      for (const value of [1, undefined, null]) assert.equal(codeWith({ [name]: value }), "invalid_option");
      const message = name === "" ? "unknown option" : `unknown option \`${name}\``;
      assert.throws(() => new WebhookVerifier(SECRET, { expectLiveMode: true, [name]: 1 }), { code: "invalid_option", message });
    });
  }

  test("options that are not enumerable are invalid_option too", () => {
    assert.equal(codeWith({ [Symbol("tolerance")]: 5 }), "invalid_option");
    assert.equal(codeWith(Object.defineProperty({}, "tolerance", { value: 5 })), "invalid_option");
  });

  const notPlain = Object.entries(WRONG).filter(([name, value]) => value != null && name !== "object without prototype");
  for (const [name, options] of [...notPlain, ["text", "toleranceSeconds"], ["empty text", ""], ["empty list", []]]) {
    test(`${name} in place of the options is invalid_option`, () => {
      assert.equal(codeWith(options), "invalid_option");
    });
  }

  test("options that throw when read are invalid_option", () => {
    const getter = Object.defineProperty({}, "toleranceSeconds", { get: deny, enumerable: true });
    for (const options of [getter, new Proxy({}, { ownKeys: deny }), new Proxy({}, { getPrototypeOf: deny })]) {
      assert.equal(codeWith(options), "invalid_option");
    }
  });

  test("inherited properties are not options", () => {
    class Options {
      toleranceSeconds = 5;
    }
    assert.equal(codeWith(new Options()), "invalid_option");
    assert.equal(codeWith(Object.create({ expectLiveMode: false })), "invalid_option");
  });
});

describe("errors", () => {
  const bad = eventText().replace("{", "{,");
  const other = eventText({ liveMode: "yes" });
  const errors = {
    configuration: refused(() => verifyWebhook({}, SIGNATURE, SECRET)),
    signature: refused(() => verifyWebhook(TEXT, "0".repeat(64), SECRET)),
    json: refused(() => verifyWebhook(bad, sign(bad, SECRET), SECRET)),
    event: refused(() => verifyWebhook(other, sign(other, SECRET), SECRET)),
    rejected: refused(() => new WebhookVerifier(SECRET, { expectLiveMode: false }).verify(TEXT, SIGNATURE)),
  };

  test("have the class that says who made the mistake", () => {
    const classes = {
      configuration: [ConfigurationError, "ConfigurationError"],
      signature: [SignatureVerificationError, "SignatureVerificationError"],
      json: [InvalidPayloadError, "InvalidPayloadError"],
      event: [InvalidPayloadError, "InvalidPayloadError"],
      rejected: [EventRejectedError, "EventRejectedError"],
    };
    for (const [key, [constructor, name]] of Object.entries(classes)) {
      const error = errors[key];
      assert.equal(error.constructor, constructor);
      assert.equal(error.name, name);
      assert.ok(error instanceof WebhookError && error instanceof Error);
      assert.ok(error.stack.startsWith(`${name}: ${error.message}\n`), error.stack);
      assert.equal(String(error), `${name}: ${error.message}`);
    }
  });

  test("name the place of the problem in a payload", () => {
    const places = Object.values(errors).map(({ offset, pointer }) => [offset, pointer]);
    assert.deepEqual(places, [[null, null], [null, null], [1, null], [null, "/liveMode"], [null, null]]);
    const { code, pointer } = refused(() => verifyWebhook("[]", sign("[]", SECRET), SECRET));
    assert.deepEqual([code, pointer], ["invalid_event", ""]);
  });

  test("count offsets in bytes, even if the payload is a string", () => {
    const text = '{"é€😀":1,}';
    const { offset } = refused(() => verifyWebhook(text, sign(text, SECRET), SECRET));
    assert.equal(offset, Buffer.from(text).indexOf("}"));
  });

  test("carry a message for the caller and a hint for the log", () => {
    for (const error of Object.values(errors)) {
      assert.ok(error.message.length > 10 && error.hint.length > 20);
      assert.ok(Object.hasOwn(error, "message") && Object.hasOwn(error, "hint"));
    }
    assert.match(errors.configuration.hint, /express\.raw/);
  });

  test("contain nothing of the secret, the payload or the signature", () => {
    const marked = "XYZZY";
    const payload = `{"${marked}":}`;
    const found = [
      refused(() => verifyWebhook(payload, sign(payload, SECRET), SECRET)),
      refused(() => verifyWebhook(payload, marked, SECRET)),
      refused(() => verifyWebhook(payload, SIGNATURE, `${marked}\n`)),
      refused(() => new WebhookVerifier(SECRET, { misspelled: marked })),
      refused(() => new WebhookVerifier(SECRET, { [`\n${marked}`]: marked })),
      refused(() => new WebhookVerifier(SECRET, { toleranceSeconds: marked })),
    ];
    for (const error of found) {
      const { stack, ...rest } = error;
      assert.ok(!inspect([stack.split("\n")[0], rest]).includes(marked), stack);
    }
  });

  test("survive being cloned, as errors do", () => {
    assert.equal(structuredClone(errors.signature).message, errors.signature.message);
  });

  test("show the code and the hint when printed or serialized", () => {
    for (const error of Object.values(errors)) {
      const { code, hint, offset, pointer } = error;
      assert.ok(types.isNativeError(error));
      assert.match(inspect(error), new RegExp(`code: '${code}',\\n  hint: `));
      assert.deepEqual(JSON.parse(JSON.stringify(error)), { code, hint, offset, pointer });
    }
  });
});

describe("the stack of a signature error", () => {
  const refuse = () => refused(() => verifier.verify(TEXT, "0".repeat(64)));
  const calls = ({ stack }) => stack.split("\n").slice(1);

  /** Calls it from this many calls away. */
  const from = (distance) => (distance === 0 ? refuse() : [from(distance - 1)][0]);

  test("names the calling line, and no more: a refusal must be cheap", () => {
    for (const refusing of [refuse, () => refused(() => verifyWebhook(TEXT, "0".repeat(64), SECRET))]) {
      const [own, calling, ...others] = calls(refusing());
      assert.match(own, /verify/i);
      assert.match(calling, /errors\.test\.mjs/);
      assert.deepEqual(others, []);
    }
  });

  test("is that of any other error where `node:vm` cannot be loaded", () => {
    const program = `
      process.getBuiltinModule = undefined;
      const { verifyWebhook, WebhookError } = require("@payvost/webhooks");
      const from = (distance) => (distance === 0 ? verifyWebhook("{}", "0".repeat(64), "secret") : [from(distance - 1)][0]);
      try { from(20) } catch (error) { console.log(error instanceof WebhookError, error.stack.split("\\n").length) }
    `;
    const { stdout, stderr } = spawnSync(process.execPath, ["-e", program], { cwd: fileURLToPath(new URL(".", import.meta.url)), encoding: "utf8" });
    assert.equal(stdout, "true 11\n", stderr);
  });

  test("is created without changing anything global", () => {
    const program = `
      "use strict";
      const { verifyWebhook } = require("@payvost/webhooks");
      const { stackTraceLimit } = Error;
      Object.defineProperty(Error, "stackTraceLimit", { get: () => stackTraceLimit, set: () => console.log("changed") });
      try { verifyWebhook("{}", "0".repeat(64), "secret") } catch (error) { console.log(error.code) }
    `;
    const { stdout, stderr } = spawnSync(process.execPath, ["-e", program], { cwd: fileURLToPath(new URL(".", import.meta.url)), encoding: "utf8" });
    assert.equal(stdout, "signature_mismatch\n", stderr);
  });

  for (const limit of [0, 3, 15, Infinity]) {
    test(`follows Error.stackTraceLimit: ${limit}`, () => {
      Error.stackTraceLimit = limit;
      try {
        const { length } = calls(from(20));
        assert.ok(limit === Infinity ? length > 20 : length === limit, `${length}`);
        assert.equal(Error.stackTraceLimit, limit);
      } finally {
        Error.stackTraceLimit = 10;
      }
    });
  }

  test("is created even if Error is frozen", () => {
    const program = `
      const { verifyWebhook } = require("@payvost/webhooks");
      Object.freeze(Error);
      try { verifyWebhook("{}", "0".repeat(64), "secret") } catch (error) { console.log(error.code, error.stack.split("\\n").length) }
    `;
    const { stdout, stderr } = spawnSync(process.execPath, ["-e", program], { cwd: fileURLToPath(new URL(".", import.meta.url)), encoding: "utf8" });
    assert.match(stdout, /^signature_mismatch \d+\n$/, stderr);
  });
});
