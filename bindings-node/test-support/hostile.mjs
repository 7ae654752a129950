// Malicious bodies of 1 MiB with their expected results. Runs in the threads of hostile.test.mjs.
import assert from "node:assert/strict";
import { parentPort } from "node:worker_threads";
import { WebhookVerifier, sign } from "@payvost/webhooks";
import { SECRET, codeOf, refused } from "./sample.mjs";

const LIMIT = 2 ** 20;
const HEAD = '{"id":"evt_1","type":"t","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":';
const verifier = new WebhookVerifier(SECRET);

const fill = (unit, room) => unit.repeat(Math.floor(room / unit.length));
const room = LIMIT - HEAD.length - 64;

/** An event with that value in `data`; `before` is where the value begins. */
const event = (value) => `${HEAD}{"x":${value}}}`;
const before = event("").length - 2;

/** As many distinct keys as fit. */
function members(length) {
  const keys = [];
  for (let used = 0, next = 0; ; next++) {
    const member = `"${next.toString(36)}":0`;
    used += member.length + 1;
    if (used > length) return keys;
    keys.push(member);
  }
}

const keys = members(room);
const escaped = fill("\\u00e9", room);

const accepted = {
  "as many keys as fit": [event(`{${keys.join()}}`), (x) => assert.equal(Object.keys(x).length, keys.length)],
  "as many elements as fit": [event(`[${fill("0,", room - 1)}0]`), (x) => assert.ok(x.length > 500_000)],
  "128 levels": [event(`${"[".repeat(126)}${"]".repeat(126)}`), (x) => assert.equal(JSON.stringify(x), "[".repeat(126) + "]".repeat(126))],
  "as many short arrays as fit": [event(`[${fill("[],", room - 2)}[]]`), (x) => assert.ok(x.length > 300_000)],
  "a string of escapes": [event(`"${escaped}"`), (x) => assert.equal(x, "é".repeat(escaped.length / 6))],
  "a string that is not ASCII": [event(`"${fill("€", room / 3)}"`), (x) => assert.equal(x, fill("€", room / 3))],
  "a key of a million characters": [event(`{"${fill("k", room)}":1}`), (x) => assert.equal(Object.keys(x)[0].length, room)],
  "a number of a million digits that is small": [event(`0.${fill("0", room)}1`), (x) => assert.equal(x, 0)],
  "a number of a million digits after one": [event(`1.${fill("1", room)}`), (x) => assert.equal(x, 1.1111111111111112)],
  "an exponent of a million digits": [event(`1e-${fill("9", room)}`), (x) => assert.equal(x, 0)],
  "a million spaces": [event(`${fill(" ", room)}1`), (x) => assert.equal(x, 1)],
};

const refusedAt = {
  "a million opening brackets": ["[".repeat(LIMIT), 128],
  "as many opening objects as fit": [fill('{"":', LIMIT), 4 * 128],
  "129 levels": [event(`${"[".repeat(127)}${"]".repeat(127)}`), before + 126],
  "a number of a million digits": [event(`1${fill("0", room)}`), before],
  "a negative number of a million digits": [event(`-${fill("9", room)}`), before],
  "an exponent beyond reason": [event(`1e${fill("9", room)}`), before],
  "as many keys as fit, and the first once more": [event(`{${keys.slice(0, -1).join()},"0":0}`), before + 2 + keys.slice(0, -1).join().length],
  "the same key over and over": [event(`{${fill('"a":0,', room - 6)}"a":0}`), before + 1 + 6],
  "a lone surrogate behind a million characters": [event(`"${escaped}\\ud800"`), before + 1 + escaped.length],
  "a string that does not end": [`${HEAD}"${fill("a", room)}`, HEAD.length + 1 + room],
  "a million commas": [event(`[${fill(",", room)}]`), before + 1],
  "nothing but whitespace": [" ".repeat(LIMIT), LIMIT],
  "bytes that are not UTF-8": [Buffer.alloc(LIMIT, 0xff), 0],
  "broken UTF-8 behind a million characters": [Buffer.concat([Buffer.from(`${HEAD}"${fill("é", room / 2)}`), Buffer.from([0xc3])]), HEAD.length + 1 + room - (room % 2)],
  "NULs": [Buffer.alloc(LIMIT), 0],
};

for (const [name, [payload, expectation]] of Object.entries(accepted)) {
  for (const form of [payload, Buffer.from(payload)]) {
    const { x } = verifier.verify(form, sign(form, SECRET)).data;
    try {
      expectation(x);
    } catch {
      assert.fail(name); // a diff would take megabytes
    }
  }
}

for (const [name, [payload, offset]] of Object.entries(refusedAt)) {
  for (const form of typeof payload === "string" ? [payload, Buffer.from(payload)] : [payload]) {
    const error = refused(() => verifier.verify(form, sign(form, SECRET)));
    assert.deepEqual([error.code, error.offset], ["invalid_json", offset], name);
  }
}

for (const payload of ["a".repeat(LIMIT + 1), "€".repeat(LIMIT), Buffer.alloc(LIMIT + 1), "a".repeat(300 * LIMIT)]) {
  assert.equal(codeOf(() => verifier.verify(payload, "0".repeat(64))), "payload_too_large");
}

parentPort.postMessage(Object.keys(accepted).length + Object.keys(refusedAt).length);
