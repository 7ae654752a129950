// The cases that every language must decide alike: tests/vectors/verify. The observations are kept for the comparison of languages.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { after, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { WebhookError, WebhookVerifier, verifyWebhook } from "@payvost/webhooks";
import { canonical } from "../test-support/canonical.mjs";

const FOLDER = folder("VECTORS", "../../tests/vectors/verify/");
const OBSERVED = folder("OBSERVED", "../../target/observed/");

const OPTION_NAMES = {
  tolerance: "toleranceSeconds",
  expect_live_mode: "expectLiveMode",
  max_payload_bytes: "maxPayloadBytes",
};

const observed = [];
const files = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));

for (const name of files) {
  const { cases } = JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"));
  describe(`vectors: ${name}`, () => {
    for (const vector of cases) test(`${vector.id} ${vector.comment}`, () => check(vector));
  });
}

test("no family of vectors is missing", () => {
  assert.ok(files.length > 0);
});

after(() => {
  mkdirSync(OBSERVED, { recursive: true });
  writeFileSync(new URL("node.jsonl", OBSERVED), observed.map((line) => `${JSON.stringify(line)}\n`).join(""));
});

function folder(variable, usual) {
  const named = process.env[variable];
  return named ? pathToFileURL(`${named}/`) : new URL(usual, import.meta.url);
}

function check(vector) {
  const payload = payloadOf(vector);
  const signature = signatureOf(vector);
  const secrets = vector.secrets.map((secret) => (typeof secret === "string" ? secret : Buffer.from(secret.hex, "hex")));
  const options = Object.fromEntries(Object.entries(vector.options ?? {}).map(([key, value]) => [OPTION_NAMES[key], value]));
  const verify = (form) => new WebhookVerifier(secrets, options).verify(form, signature);

  const outcome = attempt(() => verify(payload));
  observed.push({ id: vector.id, ...describeOutcome(outcome) });

  assert.deepEqual(describeOutcome(outcome), {
    verdict: vector.result === "valid" ? "valid" : vector.error.code,
    offset: vector.error?.offset ?? null,
    pointer: vector.error?.pointer ?? null,
    value: vector.value ?? null,
  });
  if (outcome.event) assertParsedAlike(outcome.event, JSON.parse(payload.toString("utf8")));

  // The type of the payload and the way of calling make no difference.
  for (const form of formsOf(payload)) {
    assert.deepEqual(describeOutcome(attempt(() => verify(form))), describeOutcome(outcome));
  }
  if (Object.keys(options).length === 0) {
    const once = attempt(() => verifyWebhook(payload, signature, secrets.length === 1 ? secrets[0] : secrets));
    assert.deepEqual(describeOutcome(once), describeOutcome(outcome));
  }
}

function payloadOf({ payload, payload_hex: hex, payload_repeat: repeated }) {
  if (hex !== undefined) return Buffer.from(hex, "hex");
  return Buffer.from(payload ?? repeated.map(([text, count]) => text.repeat(count)).join(""), "utf8");
}

/** Node's http module decodes the bytes of a header as Latin-1. */
function signatureOf({ signature, signature_hex: hex }) {
  return hex === undefined ? signature : Buffer.from(hex, "hex").toString("latin1");
}

function* formsOf(payload) {
  const own = Uint8Array.from(payload);
  yield own;
  yield own.buffer;
  const text = payload.toString("utf8");
  if (Buffer.from(text, "utf8").equals(payload)) yield text;
}

function attempt(verify) {
  try {
    return { event: verify() };
  } catch (error) {
    if (error instanceof WebhookError) return { error };
    throw error;
  }
}

function describeOutcome({ event, error }) {
  return {
    verdict: error?.code ?? "valid",
    offset: error?.offset ?? null,
    pointer: error?.pointer ?? null,
    value: error ? null : canonical(event),
  };
}

function assertParsedAlike(event, parsed) {
  assert.deepStrictEqual(event, parsed);
  assert.equal(JSON.stringify(event), JSON.stringify(parsed), "the order of the keys differs");
}
