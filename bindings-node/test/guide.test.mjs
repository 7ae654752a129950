// Receivers as in Payvost's guide, in which only the definition of the function was replaced with the
// import: their calls, their error handling and their responses are unchanged.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createRequire } from "node:module";
import { after, before, beforeEach, describe, test } from "node:test";
import { sampleEvent } from "@payvost/webhooks/testing";
import express from "express";
import { blockOf, exportedBy } from "../test-support/pages.mjs";
import { SECRET, SIGNATURE, TEXT } from "../test-support/sample.mjs";
import { TYPES } from "../test-support/types.mjs";

const { WebhookRouter, verifyWebhook, sign } = createRequire(import.meta.url)("@payvost/webhooks");

process.env.WEBHOOK_SECRET = SECRET;

const handled = [];
const logged = [];
const app = express();

// The receiver of the section on signatures.
app.post("/signatures", express.raw({ type: "application/json" }), (req, res) => {
  const signature = req.headers["payvost-signature"];
  const secret = process.env.WEBHOOK_SECRET;
  try {
    const event = verifyWebhook(req.body, signature, secret);
    handled.push(`${event.type} ${event.data.amount}`);
    res.json({ received: true });
  } catch {
    res.status(400).send("Invalid signature");
  }
});

// The receiver of the section on setting up, which passes no secret to the function.
const verifyWithSecret = (payload, signature) => verifyWebhook(payload, signature, process.env.WEBHOOK_SECRET);

app.post("/setup", express.raw({ type: "application/json" }), (req, res) => {
  const signature = req.headers["payvost-signature"];
  const payload = req.body;
  try {
    const event = verifyWithSecret(payload, signature);
    handled.push(`${event.type} ${event.data.amount}`);
    res.json({ received: true });
  } catch (error) {
    logged.push(error.message);
    res.status(400).send("Webhook verification failed");
  }
});

// The most frequent mistake: the body was parsed first.
app.post("/parsed", express.json(), (req, res) => {
  try {
    verifyWebhook(req.body, req.headers["payvost-signature"], process.env.WEBHOOK_SECRET);
    res.json({ received: true });
  } catch (error) {
    res.status(500).json({ code: error.code, hint: error.hint });
  }
});

// The secret was forgotten.
app.post("/forgotten", express.raw({ type: "application/json" }), (req, res) => {
  try {
    verifyWebhook(req.body, req.headers["payvost-signature"]);
    res.json({ received: true });
  } catch (error) {
    res.status(500).json({ code: error.code });
  }
});

let server;
let origin;

before(async () => {
  server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${server.address().port}`;
});
after(() => server.close());
beforeEach(() => {
  handled.length = 0;
  logged.length = 0;
});

async function deliver(path, body, headers) {
  const response = await fetch(origin + path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Connection: "close", ...headers },
    body,
  });
  return [response.status, await response.text()];
}

for (const [path, refusal] of [
  ["/signatures", "Invalid signature"],
  ["/setup", "Webhook verification failed"],
]) {
  describe(`the receiver at ${path}`, () => {
    test("accepts a genuine event", async () => {
      assert.deepEqual(await deliver(path, TEXT, { "Payvost-Signature": SIGNATURE }), [200, '{"received":true}']);
      assert.deepEqual(handled, ["payment.succeeded 99.99"]);
    });

    test("accepts the header in any letter case, and an event of an unknown type", async () => {
      const body = TEXT.replace("payment.succeeded", "comet.sighted");
      assert.deepEqual(await deliver(path, body, { "PAYVOST-SIGNATURE": sign(body, SECRET) }), [200, '{"received":true}']);
      assert.deepEqual(handled, ["comet.sighted 99.99"]);
    });

    const forged = {
      "without a header": [TEXT, {}],
      "with another signature": [TEXT, { "Payvost-Signature": "0".repeat(64) }],
      "with the header twice, as Node.js joins it": [TEXT, { "Payvost-Signature": `${SIGNATURE}, ${SIGNATURE}` }],
      "with a header that is not ASCII": [TEXT, { "Payvost-Signature": "é".repeat(64) }],
      "with a changed body": [TEXT.replace("99.99", "0.01"), { "Payvost-Signature": SIGNATURE }],
      "without a body": ["", { "Payvost-Signature": SIGNATURE }],
      "with a signed body that is not JSON": ["{", { "Payvost-Signature": sign("{", SECRET) }],
      "with a body of another content type": [TEXT, { "Payvost-Signature": SIGNATURE, "Content-Type": "text/plain" }],
    };
    for (const [name, [body, headers]] of Object.entries(forged)) {
      test(`rejects a request ${name}`, async () => {
        assert.deepEqual(await deliver(path, body, headers), [400, refusal]);
        assert.deepEqual(handled, []);
      });
    }
  });
}

test("the logged message explains the error", async () => {
  await deliver("/setup", TEXT, { "Payvost-Signature": "0".repeat(64) });
  assert.deepEqual(logged, ["the signature does not match the payload"]);
});

test("a body that express.json() parsed is rejected with a remedy", async () => {
  const [status, answer] = await deliver("/parsed", TEXT, { "Payvost-Signature": SIGNATURE });
  const { code, hint } = JSON.parse(answer);
  assert.deepEqual([status, code], [500, "payload_not_raw"]);
  assert.match(hint, /express\.raw/);
});

test("without a secret nothing is accepted", async () => {
  const answer = await deliver("/forgotten", TEXT, { "Payvost-Signature": SIGNATURE });
  assert.deepEqual(answer, [500, '{"code":"invalid_secret"}']);
});

test("the guide's handleWebhookEvent with a router: the same calls, in at most ten lines", (context) => {
  const branches = {
    "payment.succeeded": "handlePaymentSucceeded",
    "payment.failed": "handlePaymentFailed",
    "payment.refunded": "handlePaymentRefunded",
    "transfer.completed": "handleTransferCompleted",
    "transfer.failed": "handleTransferFailed",
    "wallet.balance_updated": "handleBalanceUpdated",
    "user.kyc_verified": "handleKYCVerified",
    "user.kyc_rejected": "handleKYCRejected",
    "fraud.alert_created": "handleFraudAlert",
  };
  const line = "const router = new WebhookRouter()";
  assert.ok(blockOf("handlers.md", line).trimEnd().split("\n").length <= 10);

  const calls = [];
  const called = (name) => (data) => void calls.push([name, data]);
  const functions = Object.fromEntries(Object.values(branches).map((name) => [name, called(name)]));
  const log = context.mock.method(console, "log", () => {});
  const router = exportedBy("handlers.md", line, "router", { WebhookRouter, ...functions });

  const unknown = sampleEvent("user.created", { type: "comet.sighted" });
  for (const event of [...TYPES.map((type) => sampleEvent(type)), unknown]) {
    calls.length = 0;
    log.mock.resetCalls();
    router.dispatch(event);
    const name = branches[event.type];
    assert.deepEqual(calls, name ? [[name, event.data]] : []);
    const logged = log.mock.calls.map((call) => call.arguments);
    assert.deepEqual(logged, name ? [] : [["Unhandled event type:", event.type]]);
  }
});
