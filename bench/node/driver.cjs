// Times the Node.js package and the code that a user would write instead. Prints one JSON line per measurement.
//
//   NODE_PATH=… node driver.cjs FOLDER-OF-BODIES BODY…

const assert = require("node:assert/strict");
const crypto = require("node:crypto");
const { readFileSync } = require("node:fs");
const { join } = require("node:path");

const { SignatureVerificationError, WebhookVerifier, sign, verifyWebhook } = require("@payvost/webhooks");
const standardwebhooks = require("standardwebhooks");
const Stripe = require("stripe");
const guide = require("./guide.cjs");

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ROUNDS = 31;
/** If a loop is one call, it may include garbage collection, so a few rounds are not enough for the best to be free of it. */
const ROUNDS_OF_ONE_CALL = 3 * ROUNDS;
const LOOP_NANOSECONDS = 10e6;

const [folder, ...bodies] = process.argv.slice(2);

function main() {
  measure("event", { ...ours(body("event")), ...alternatives(body("event")), ...peers(body("event")) });
  for (const name of bodies) measure(name, { ...ours(body(name)), ...alternatives(body(name)) });
  for (const name of ["event", "32-kib"]) measure(`refusal-${name}`, refusals(body(name)));
}

function body(name) {
  return readFileSync(join(folder, `${name}.json`));
}

function ours(payload) {
  const signature = sign(payload, SECRET);
  const verifier = new WebhookVerifier(SECRET);
  assert.deepEqual(verifier.verify(payload, signature), JSON.parse(payload));
  return {
    ours: () => verifier.verify(payload, signature),
    "ours-once": () => verifyWebhook(payload, signature, SECRET),
  };
}

function alternatives(payload) {
  const signature = sign(payload, SECRET);
  const key = crypto.createSecretKey(SECRET, "utf8");
  const subjects = {
    guide: () => guide.verifyWebhook(payload, signature, SECRET),
    // As the guide, but compared in constant time.
    safe() {
      const expected = crypto.createHmac("sha256", SECRET).update(payload).digest();
      const given = Buffer.from(signature, "hex");
      if (given.length !== expected.length || !crypto.timingSafeEqual(given, expected)) {
        throw new Error("Invalid webhook signature");
      }
      return JSON.parse(payload);
    },
    // With the key made once, which is the fastest use of node:crypto, and the text decoded by hand.
    tuned() {
      const expected = crypto.createHmac("sha256", key).update(payload).digest("latin1");
      const given = Buffer.from(signature, "hex");
      if (given.length !== 32 || !crypto.timingSafeEqual(given, Buffer.from(expected, "latin1"))) {
        throw new Error("Invalid webhook signature");
      }
      return JSON.parse(payload.utf8Slice());
    },
  };
  for (const verify of Object.values(subjects)) assert.deepEqual(verify(), JSON.parse(payload));
  return subjects;
}

// The libraries of others, each with the header of its own provider over the same body.
function peers(payload) {
  const now = Math.floor(Date.now() / 1000);

  const stripe = new Stripe("sk_test_unused");
  const stripeHeader = stripe.webhooks.generateTestHeaderString({ payload: payload.toString(), secret: SECRET });

  const webhook = new standardwebhooks.Webhook(SECRET);
  const headers = {
    "webhook-id": "msg_1",
    "webhook-timestamp": String(now),
    "webhook-signature": webhook.sign("msg_1", new Date(now * 1000), payload),
  };
  const subjects = {
    stripe: () => stripe.webhooks.constructEvent(payload, stripeHeader, SECRET),
    standardwebhooks: () => webhook.verify(payload, headers),
  };
  for (const verify of Object.values(subjects)) assert.deepEqual(verify(), JSON.parse(payload));
  return subjects;
}

function refusals(payload) {
  const verifier = new WebhookVerifier(SECRET);
  const forged = sign(payload, "whsec_another");
  return {
    ours: () => assertThrows(() => verifier.verify(payload, forged), SignatureVerificationError),
    guide: () => assertThrows(() => guide.verifyWebhook(payload, forged, SECRET), Error),
    hash: () => crypto.createHmac("sha256", SECRET).update(payload).digest(),
  };
}

// As cheap as possible, because it is timed too.
function assertThrows(call, type) {
  try {
    call();
  } catch (error) {
    if (error instanceof type) return;
    throw error;
  }
  throw new Error("accepted");
}

// The best of several loops. The subjects take turns, so that noise meets all of them.
function measure(name, subjects) {
  const entries = Object.entries(subjects).map(([subject, call]) => {
    return { subject, call, length: loopLength(call), best: Infinity };
  });
  const rounds = entries.some(({ length }) => length === 1) ? ROUNDS_OF_ONE_CALL : ROUNDS;
  for (let round = 0; round < rounds; round++) {
    for (const entry of entries) entry.best = Math.min(entry.best, loop(entry.call, entry.length) / entry.length);
  }
  for (const { subject, best } of entries) {
    console.log(JSON.stringify({ language: "node", case: name, subject, nanoseconds: best }));
  }
}

// The better of two, or a single pause for garbage collection would end the search: the loop would be too short for V8 to optimize the call.
function loopLength(call) {
  let length = 1;
  while (Math.min(loop(call, length), loop(call, length)) < LOOP_NANOSECONDS / 2) length *= 2;
  return length;
}

function loop(call, length) {
  const started = process.hrtime.bigint();
  for (let turn = 0; turn < length; turn++) call();
  return Number(process.hrtime.bigint() - started);
}

main();
