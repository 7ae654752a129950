// The shared vectors of `explain`, and its arguments.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { sign } from "../lib/index.mjs";
import { explain } from "../lib/explain.mjs";

const FOLDER = new URL("../../tests/vectors/explain/", import.meta.url);

/** A string, or bytes in hex. */
const bytes = (value) => (typeof value === "string" ? value : Buffer.from(value.hex, "hex"));

for (const name of readdirSync(FOLDER).filter((name) => name.endsWith(".json"))) {
  test(`vectors: ${name}`, () => {
    const { cases } = JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"));
    for (const each of cases) {
      const { verdict, causes } = explain(bytes(each.body), each.headers.map(bytes), bytes(each.secret), {
        otherSecrets: each.other_secrets.map(bytes),
        otherBodies: each.other_bodies.map(bytes),
      });
      assert.deepEqual([verdict, causes.map(({ code }) => code)], [each.verdict, each.causes], `${each.id} ${each.comment}`);
      assert.ok(causes.every(({ evidence, fix }) => evidence !== "" && fix !== ""));
    }
  });
}

test("one header, several, or none", () => {
  const body = '{"id":"evt_1"}';
  const signature = sign(body, "whsec_example");
  assert.equal(explain(body, signature, "whsec_example").verdict, "invalid_event");
  assert.deepEqual(codes(explain(Buffer.from(body), [signature, signature], "whsec_example")), ["signature_doubled"]);
  assert.equal(explain(body, undefined, "whsec_example").verdict, "missing_signature");
});

test("what is neither text nor bytes is refused", () => {
  const refused = { name: "ConfigurationError", code: "invalid_option" };
  assert.throws(() => explain({}, "00", "whsec_example"), refused);
  assert.throws(() => explain("", "00", 1), refused);
  assert.throws(() => explain("", "00", "whsec_example", { otherBody: [] }), refused);
  assert.throws(() => explain("", "00", "whsec_example", { otherBodies: [1] }), refused);
});

function codes({ causes }) {
  return causes.map(({ code }) => code);
}
