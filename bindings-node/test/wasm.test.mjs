// The WebAssembly in Node.js: what stays in its memory, and arguments that it must not trust.
import assert from "node:assert/strict";
import { describe, test } from "node:test";

// The module keeps its memory to itself, so it is noted when it is made.
let memory;
const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  constructor(module) {
    super(module);
    ({ memory } = this.exports);
  }
};
const { WebhookRouter, WebhookVerifier, sign, verifyWebhook } = await import("../lib/esm/index.mjs");
WebAssembly.Instance = Instance;

const SECRET = "whsec_of_this_test_alone";
const isInMemory = (text) => Buffer.from(memory.buffer).includes(text);
const eventWith = (data) => JSON.stringify({ id: "evt_1", type: "t", createdAt: "2025-11-01T10:00:00Z", liveMode: true, data });
const codeOf = (call) => {
  try {
    call();
  } catch ({ code }) {
    return code;
  }
};

test("neither a secret nor a payload stays in the memory", () => {
  const verifier = new WebhookVerifier([SECRET, Buffer.from("whsec_another_one_as_bytes")]);
  for (const body of [eventWith({ note: "for nobody else" }), Buffer.from(eventWith({ note: "for nobody else", more: "x".repeat(200_000) }))]) {
    const signature = sign(body, SECRET);
    assert.equal(verifier.verify(body, signature).data.note, "for nobody else");
    assert.equal(codeOf(() => verifyWebhook(body, signature, "whsec_wrong_but_secret")), "signature_mismatch");
    for (const text of ["for nobody else", SECRET, "whsec_another_one", "whsec_wrong_but"]) assert.ok(!isInMemory(text), text);
  }
});

describe("arguments", () => {
  const body = eventWith({ text: "é\u{1f600}" });
  const signature = sign(body, SECRET);
  const verifier = new WebhookVerifier(SECRET, { maxPayloadBytes: 100_000 });

  test("a payload in each form is the same payload", () => {
    const bytes = new TextEncoder().encode(body);
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    for (const payload of [body, bytes, bytes.buffer, Buffer.from(body), shared, Buffer.from(`_${body}_`).subarray(1, -1)]) {
      assert.deepEqual(verifier.verify(payload, signature), JSON.parse(body));
    }
  });

  test("what is not raw, or lies about its kind, is refused", () => {
    const detached = new TextEncoder().encode(body);
    structuredClone(detached.buffer, { transfer: [detached.buffer] });
    const posing = Object.create(Uint8Array.prototype, { length: { value: 4 }, [Symbol.toStringTag]: { value: "Uint8Array" } });
    for (const payload of [undefined, null, 7, {}, [], () => {}, Symbol("s"), new DataView(new ArrayBuffer(4)), detached, detached.buffer, posing, `${body}\ud800`]) {
      assert.equal(codeOf(() => verifier.verify(payload, signature)), "payload_not_raw");
    }
  });

  test("a payload over the limit is refused before it is copied, and one below it is read", () => {
    const before = memory.buffer.byteLength;
    for (const payload of [new Uint8Array(300_000_000), "x".repeat(100_001), Buffer.alloc(100_001)]) {
      assert.equal(codeOf(() => verifier.verify(payload, signature)), "payload_too_large");
      assert.equal(codeOf(() => verifier.verifySignature(payload, signature)), "payload_too_large");
    }
    assert.equal(memory.buffer.byteLength, before);
    const long = eventWith({ text: "x".repeat(90_000) });
    assert.equal(verifier.verify(Buffer.from(long), sign(long, SECRET)).data.text.length, 90_000);
    assert.equal(codeOf(() => verifier.verify(Buffer.from(long), signature)), "signature_mismatch");
  });

  test("a header of any kind is malformed or missing, and runs no code", () => {
    const trap = new Proxy([], { get: () => assert.fail("code of the caller ran") });
    for (const header of [[signature], trap, 7, {}, `${signature} `, "\ud800", "é".repeat(64)]) {
      assert.equal(codeOf(() => verifier.verify(body, header)), "malformed_signature");
    }
    for (const header of [undefined, null, ""]) assert.equal(codeOf(() => verifier.verify(body, header)), "missing_signature");
  });

  test("`__proto__` is a property like any other", () => {
    const odd = eventWith({}).replace('"data":{}', '"data":{"__proto__":{"a":1}}');
    const { data } = verifier.verify(odd, sign(odd, SECRET));
    assert.deepEqual([Object.hasOwn(data, "__proto__"), Object.getPrototypeOf(data)], [true, Object.prototype]);
  });

  test("handlers are found", () => {
    const router = new WebhookRouter().on("t", () => "it").on("*", () => "all");
    assert.deepEqual(["t", "other", "\ud800"].map((type) => router.dispatch({ type })), ["it", "all", "all"]);
  });
});
