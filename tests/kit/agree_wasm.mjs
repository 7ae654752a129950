// Compares the native library and the WebAssembly on the cases of a file of vectors: tests/agree_wasm.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { argv } from "node:process";
import { canonical } from "../../bindings-node/test-support/canonical.mjs";
import * as wasm from "../../bindings-node/lib/esm/index.mjs";

const native = createRequire(import.meta.url)("../../bindings-node/lib/index.js");
const { cases } = JSON.parse(readFileSync(argv[2], "utf8"));
const NAMES = { tolerance: "toleranceSeconds", expect_live_mode: "expectLiveMode", max_payload_bytes: "maxPayloadBytes" };

function verdictOf({ WebhookVerifier, WebhookError }, { secrets, options, signature, signature_hex: hex }, payload) {
  const keys = secrets.map((secret) => (typeof secret === "string" ? secret : Buffer.from(secret.hex, "hex")));
  const named = Object.fromEntries(Object.entries(options ?? {}).map(([name, value]) => [NAMES[name], value]));
  try {
    const event = new WebhookVerifier(keys, named).verify(payload, hex === undefined ? signature : Buffer.from(hex, "hex").toString("latin1"));
    return { code: "valid", offset: null, pointer: null, value: canonical(event), text: JSON.stringify(event) };
  } catch (error) {
    if (!(error instanceof WebhookError)) throw error;
    return { code: error.code, offset: error.offset, pointer: error.pointer };
  }
}

for (const each of cases) {
  const { payload, payload_hex: hex, payload_repeat: repeated } = each;
  const bytes = hex === undefined ? Buffer.from(payload ?? repeated.map(([text, count]) => text.repeat(count)).join("")) : Buffer.from(hex, "hex");
  const [one, other] = [native, wasm].map((api) => verdictOf(api, each, bytes));
  assert.deepEqual(other, one, each.id);
  assert.equal(other.code, each.result === "valid" ? "valid" : each.error.code, each.id);
  assert.deepEqual([other.offset, other.pointer], [each.error?.offset ?? null, each.error?.pointer ?? null], each.id);
  if (each.value != null) assert.equal(other.value, each.value, each.id);
}
console.log(`${cases.length} cases agree`);
