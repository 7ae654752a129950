// The value of an event, which this package builds itself, compared with the result of JSON.parse.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { WebhookVerifier, sign } from "@payvost/webhooks";
import { SECRET, eventText } from "../test-support/sample.mjs";

const verifier = new WebhookVerifier(SECRET);
const verify = (text) => verifier.verify(Buffer.from(text), sign(text, SECRET));

function assertBuiltAlike(text) {
  const [event, parsed] = [verify(text), JSON.parse(text)];
  // First the order of members, which the second comparison ignores.
  assert.equal(JSON.stringify(event), JSON.stringify(parsed));
  assert.deepStrictEqual(event, parsed);
}

/** An event with that text as `data`. */
const withData = (data) => eventText({ data: {} }).replace('"data":{}', `"data":${data}`);

test("generated events", () => {
  for (let seed = 0; seed < 2000; seed++) assertBuiltAlike(generateEvent(randomNumbers(seed)));
});

describe("names", () => {
  const objectOf = (names) => withData(`{${names.map((name, index) => `${JSON.stringify(name)}:${index}`).join()}}`);

  test("of every length, more than are remembered, in any order and repeated", () => {
    const names = Array.from({ length: 5000 }, (_, index) => `${"x".repeat(index % 41)}${index}`);
    for (const list of [names, [...names].reverse(), names.slice(0, 10), names]) {
      assertBuiltAlike(objectOf(list));
      for (let first = 0; first < list.length; first += 500) assertBuiltAlike(objectOf(list.slice(first, first + 500)));
    }
  });

  test("in large objects, inside other objects, and next to them", () => {
    for (const odd of ["plain", "__proto__", "constructor", "ключ", "😀", 'quote"', ""]) {
      for (const length of [511, 512, 513, 1024, 1025, 2000]) {
        const names = [...Array.from({ length: length - 1 }, (_, index) => `name${(index * 7919) % length}x`), odd];
        const members = names.map((name, index) => `${JSON.stringify(name)}: [${index}, {"${index}": "\\u20ac"}]`).join();
        assertBuiltAlike(withData(`{"amount":"1","large":{${members}},"list":[{${members}},{"amount":"2"}],"${odd ? "last" : "x"}":-0}`));
      }
    }
  });

  test("that look like numbers, are long, or use escapes, among many", () => {
    const many = Array.from({ length: 600 }, (_, index) => `name${index}`);
    const numbers = Array.from({ length: 1200 }, (_, index) => `${(index * 7919) % 4001}`);
    const texts = Array.from({ length: 600 }, (_, index) => `"${index}" \\ ключ`);
    const long = ["x".repeat(70_000), "é".repeat(70_000), "y".repeat(65_536)];
    for (const names of [numbers, [...many, ...numbers], [...numbers, ...many], texts, [...many, ...texts], [...many, ...long, "z"]]) {
      assertBuiltAlike(objectOf(names));
    }
  });

  test("of a large object, which every object inherits", () => {
    const written = [];
    Object.defineProperty(Object.prototype, "name7", { set: written.push.bind(written), configurable: true });
    try {
      assertBuiltAlike(objectOf(Array.from({ length: 600 }, (_, index) => `name${index}`)));
    } finally {
      delete Object.prototype.name7;
    }
    assert.deepEqual(written, []);
  });

  test("with the same beginning and end", () => {
    const names = ["amountOfX", "amountOfY", "amountOf", "amount", "amou", "amo", "a", "", "firstPartALastPart", "firstPartBLastPart"];
    for (const name of names) assertBuiltAlike(objectOf([name]));
    assertBuiltAlike(objectOf(names));
  });

  test("whose bytes differ when written with escapes", () => {
    assertBuiltAlike(withData('{"\\u0061mount":1}'));
    assertBuiltAlike(withData('{"amount":2,"\\\\u0061mount":3}'));
  });

  test("that every object inherits are ordinary members", () => {
    for (const name of Object.getOwnPropertyNames(Object.prototype)) {
      assertBuiltAlike(withData(`{"${name}":{"${name}":1},"x":2}`));
      assert.ok(Object.hasOwn(verify(withData(`{"${name}":1}`)).data, name), name);
    }
  });

  test("that other code makes every object inherit are ordinary members", () => {
    const written = [];
    Object.defineProperty(Object.prototype, "inheritedName", { set: written.push.bind(written), configurable: true });
    try {
      assertBuiltAlike(withData('{"inheritedName":1}'));
    } finally {
      delete Object.prototype.inheritedName;
    }
    assert.deepEqual(written, []);
  });
});

test("an event with the usual members has them in the payload's order, whatever that is", () => {
  const members = Object.entries(JSON.parse(eventText()));
  for (let shift = 0; shift < members.length; shift++) {
    const shifted = [...members.slice(shift), ...members.slice(0, shift)];
    assertBuiltAlike(JSON.stringify(Object.fromEntries(shifted)));
    assertBuiltAlike(JSON.stringify(Object.fromEntries([...shifted, ["more", shift]])));
  }
  assertBuiltAlike(JSON.stringify(Object.fromEntries(members.filter(([name]) => name !== "previousData"))));
});

test("numbers of every kind", () => {
  const numbers = [0, -0, 1, -1, 65_535, 65_536, -65_536, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 53, 0.5, 1e300];
  const list = numbers.map((number) => (Object.is(number, -0) ? "-0" : `${number}`)).join();
  assertBuiltAlike(withData(`{"list":[${list}],"zero":-0.0,"exponent":1e2,"one":1.0}`));
});

test("arrays of any length, and more strings than fit into one call", () => {
  for (const length of [0, 1, 2, 60, 61, 62, 63, 64, 65, 200, 70_000]) {
    assertBuiltAlike(withData(`{"list":${JSON.stringify(Array.from({ length }, (_, index) => `${index}`))}}`));
    assertBuiltAlike(withData(`{"list":[${Array.from({ length }, (_, index) => index - 5)}]}`));
  }
});

test("a string of an event does not keep the payload in memory", () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc");
  const heapUsed = () => {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const text = withData(`{"filling":"${"x".repeat(500_000)}"}`);
  const [payload, signature, before] = [Buffer.from(text), sign(text, SECRET), heapUsed()];
  const kept = Array.from({ length: 100 }, () => verifier.verify(payload, signature).createdAt);
  assert.ok(heapUsed() - before < 10e6);
  assert.equal(kept.length, 100);
});

// The names of an object are remembered when it arrives, and the object itself when it arrives again.
for (const when of ["first", "again"]) test(`a call that overflows the stack when objects arrive ${when} leaves nothing behind`, () => {
  const texts = Array.from({ length: 200 }, (_, index) => withData(`{"${when}${index}":1,"b${index}":{"${when}${index}":"text"}}`));
  const calls = texts.map((text) => [Buffer.from(text), sign(text, SECRET)]);
  if (when === "again") for (const call of calls) verifier.verify(...call);
  let next = 0;
  let succeeded = 0;
  function descend() {
    try {
      descend();
    } catch {
      // Each step back leaves a little more room on the stack.
    }
    if (next === calls.length) return;
    const [payload, signature] = calls[next++];
    try {
      verifier.verify(payload, signature);
      succeeded += 1;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  descend();
  assert.ok(succeeded > 0 && succeeded < calls.length);
  texts.forEach(assertBuiltAlike);
});

/** Mulberry32: the same numbers from 0 to 1 for the same seed. */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function generateEvent(random) {
  const below = (limit) => Math.floor(random() * limit);
  const oneOf = (list) => list[below(list.length)];
  const space = () => oneOf(["", "", "", "", " ", "\n", "\t", " \r\n  "]);

  const characters = ["a", "Z", "0", " ", "é", "ÿ", "Ж", "€", "漢", "😀", "\u2028", "\ufeff", "\u007f", "/"];
  const escapes = ['\\"', "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u0000", "\\u00e9", "\\u20ac", "\\ud83d\\ude00", "\\uFFFF"];
  const plain = () => Array.from({ length: oneOf([0, 1, 3, 12, 13, 40]) }, () => oneOf(["a", "b", "c", "7", "_"])).join("");
  const string = () => {
    const kinds = oneOf([[], [characters], [escapes], [characters, escapes]]);
    const parts = Array.from({ length: below(6) }, () => (kinds.length > 0 ? oneOf(oneOf(kinds)) : plain()));
    return `"${parts.join("")}"`;
  };
  const name = () =>
    oneOf([string, () => `"${plain()}"`, () => `"${below(12)}"`, () => oneOf(NAMES)])();
  const number = () => {
    const sign = oneOf(["", "-"]);
    const whole = oneOf(["0", "1", `${below(70_000)}`, `${below(2 ** 32)}`, "2147483647", "2147483648", "9007199254740993", "1".repeat(30)]);
    return sign + whole + oneOf(["", "", `.${below(1000)}`, ".0"]) + oneOf(["", "", "e5", "E-7", "e+0", "e-400"]);
  };
  const value = (depth) => {
    const kinds = [string, string, number, () => oneOf(["true", "false", "null"])];
    if (depth > 0) kinds.push(() => object(depth - 1), () => array(depth - 1));
    return space() + oneOf(kinds)() + space();
  };
  const array = (depth) => `[${Array.from({ length: below(5) }, () => value(depth)).join() || space()}]`;
  const object = (depth, first = []) => {
    const members = new Map(first.map(([key, text]) => [key, `"${key}":${text}`]));
    for (let count = below(8); count > 0; count--) {
      const key = name();
      const decoded = JSON.parse(key);
      if (!members.has(decoded)) members.set(decoded, space() + key + space() + ":" + value(depth));
    }
    const inOrder = [...members.values()].sort(() => (first.length > 0 ? 0 : random() - 0.5));
    return `{${inOrder.join() || space()}}`;
  };

  const envelope = [
    ["id", '"evt_1"'],
    ["type", '"payment.succeeded"'],
    ["createdAt", '"2025-11-01T10:00:00Z"'],
    ["liveMode", oneOf(["true", "false"])],
    ["data", object(5)],
  ];
  if (random() < 0.8) envelope.push(["previousData", oneOf(["null", object(2)])]);
  return random() < 0.5 ? `{${envelope.map(([key, text]) => `"${key}":${text}`).join()}}` : object(2, envelope);
}

const NAMES = ["__proto__", "constructor", "toString", "id", "type", "data", "length", "-1", "4294967294", "4294967295", "01", "1e3"].map(
  (name) => JSON.stringify(name),
);
