// Complaints of users of webhook libraries, and how this package handles each.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import express from "express";
import { ConfigurationError, SignatureVerificationError, WebhookReceiver, WebhookRouter, WebhookVerifier, verifyWebhook } from "@payvost/webhooks";
import { expressHandler } from "@payvost/webhooks/express";
import { fetchHandler } from "@payvost/webhooks/fetch";
import { httpListener } from "@payvost/webhooks/http";
import { sampleEvent, signedRequest } from "@payvost/webhooks/testing";
import { RECEIVED, deliver, refusal, refusalOf, serve } from "../test-support/http.mjs";
import { folderOf } from "../test-support/pages.mjs";
import { SECRET, codeOf, refused } from "../test-support/sample.mjs";

const EVENT = sampleEvent("payment.succeeded", { data: { note: "café €" } });
const { body, headers } = signedRequest(EVENT, SECRET);
const signature = headers["Payvost-Signature"];
const silent = { info() {}, warn() {}, error() {} };

/** A logger that keeps the lines. */
function keeper() {
  const texts = [];
  const keep = (text) => texts.push(text);
  return { texts, info: keep, warn: keep, error: keep };
}

describe("“the framework had parsed the body, and the signature never matched”", () => {
  test("Express: the adapter reads the raw body itself", async (context) => {
    const app = express().post("/", expressHandler(new WebhookReceiver(SECRET, () => {})));
    assert.deepEqual(await deliver(await serve(context, createServer(app)), body, headers), RECEIVED);
  });

  test("Express, with express.json() before it: the log says at once what to do, and does not blame the signature", async (context) => {
    const logger = keeper();
    const app = express().use(express.json()).post("/", expressHandler(new WebhookReceiver(SECRET, () => {}, { logger })));
    const answer = await deliver(await serve(context, createServer(app)), body, headers);
    assert.deepEqual(refusalOf(answer), refusal(500, "payload_not_raw"));
    assert.match(logger.texts[0], /express\.raw/);
  });

  test("API routes of Next.js, which leave a parsed request.body: reported at once", async (context) => {
    const listener = httpListener(new WebhookReceiver(SECRET, () => {}, { logger: silent }));
    const url = await serve(context, async (request, response) => {
      request.body = JSON.parse(Buffer.concat(await request.toArray()));
      await listener(request, response);
    });
    assert.deepEqual(refusalOf(await deliver(url, body, headers)), refusal(500, "payload_not_raw"));
  });

  test("route handlers of Next.js after request.json(): reported at once", async () => {
    const request = new Request("http://localhost/", { method: "POST", body, headers });
    await request.json();
    const response = await fetchHandler(new WebhookReceiver(SECRET, () => {}, { logger: silent }))(request);
    assert.equal(response.status, 500);
  });

  test("AWS Lambda, which passes the body in base64 or as text: the guide's function takes both", async (context) => {
    process.env.WEBHOOK_SECRET = SECRET;
    const { handler } = await import(folderOf(context, "guides/node/aws-lambda.md", "index.mjs"));
    const { mock } = context.mock.method(console, "log", () => {});
    const base64 = Buffer.from(body).toString("base64");
    const request = (method, content) => ({ headers: { "payvost-signature": signature }, requestContext: { http: { method } }, ...content });
    for (const content of [{ body: base64, isBase64Encoded: true }, { body, isBase64Encoded: false }]) {
      const answer = await handler(request("POST", content));
      assert.deepEqual(answer, { statusCode: 200, headers: { "content-type": "application/json" }, body: RECEIVED.body, isBase64Encoded: false });
    }
    assert.equal(mock.callCount(), 2, "its handler has run");
    assert.equal((await handler(request("POST", { body: `${body} `, isBase64Encoded: false }))).statusCode, 400);
    assert.equal((await handler(request("GET", {}))).statusCode, 405);
  });

  test("verified without an adapter: the error differs from that of a wrong signature", () => {
    const error = refused(() => verifyWebhook(JSON.parse(body), signature, SECRET));
    assert.ok(error instanceof ConfigurationError);
    assert.match(error.hint, /express\.raw/);
  });
});

test("“I never know whether it wants bytes or text”: it accepts both, with the same result", () => {
  const bytes = Buffer.from(body);
  for (const payload of [body, bytes, new Uint8Array(bytes), Uint8Array.from(bytes).buffer]) {
    assert.deepStrictEqual(verifyWebhook(payload, signature, SECRET), EVENT);
  }
});

describe("“it was the secret all along, and nothing said so”", () => {
  for (const [what, secret, remedy] of [
    ["a new line at its end", `${SECRET}\n`, /newline/],
    ["an API key in its place", "sk_live_abc", /API key/],
    ["an environment variable that is not set", undefined, /WEBHOOK_SECRET/],
  ]) {
    test(`${what}: rejected when the program starts`, () => {
      for (const make of [() => new WebhookVerifier(secret), () => new WebhookReceiver(secret, () => {})]) {
        const error = refused(make);
        assert.equal(error.code, "invalid_secret");
        assert.match(`${error.message} ${error.hint}`, remedy);
      }
    });
  }

  test("the secret of another endpoint: the log names it as the first cause", async () => {
    const logger = keeper();
    await new WebhookReceiver(`${SECRET}x`, () => {}, { logger }).receive(body, signature);
    assert.match(logger.texts[0], /signature_mismatch: .*\. None of the configured secrets produced this signature/);
  });
});

test("“rotating the secret loses deliveries, or the old one stays forever”: both are accepted, and each result says which matched", async () => {
  const seen = [];
  const verifier = new WebhookVerifier(["whsec_new", SECRET]);
  const receiver = new WebhookReceiver(verifier, () => {}, { onResult: ({ matchingSecret }) => seen.push(matchingSecret) });
  for (const secret of [SECRET, "whsec_new"]) {
    const request = signedRequest(EVENT, secret);
    assert.equal((await receiver.receive(request.body, request.headers["Payvost-Signature"])).status, 200);
  }
  assert.deepEqual(seen, [1, 0]);
  assert.equal(verifier.matchingSecret(body, signature), 1);
  assert.equal(codeOf(() => verifier.matchingSecret(body, "0".repeat(64))), "signature_mismatch");
  assert.equal(codeOf(() => verifier.matchingSecret(JSON.parse(body), signature)), "payload_not_raw");
});

test("“deliveries arrive twice and out of order”: each event has its id and the previous data", () => {
  const { body, headers } = signedRequest(sampleEvent("wallet.balance_updated"), SECRET);
  const [first, again] = [1, 2].map(() => verifyWebhook(body, headers["Payvost-Signature"], SECRET));
  assert.equal(first.id, again.id);
  assert.deepEqual(first.previousData, { balance: "950.00" });
});

test("“a new type of event broke production”: it goes to the catch-all handler unchanged", async () => {
  const rest = [];
  const router = new WebhookRouter().on("payment.succeeded", () => assert.fail("called")).on("*", (event) => rest.push(event));
  const unknown = { ...sampleEvent("user.created", { type: "comet.sighted", data: { tail: ["long"] } }), region: "eu" };
  const request = signedRequest(unknown, SECRET);
  const answer = await new WebhookReceiver(SECRET, router).receive(request.body, request.headers["Payvost-Signature"]);
  assert.equal(answer.status, 200);
  assert.deepEqual(rest, [unknown]);
});

test("“I cannot test my handler without the provider”: samples and signatures are part of the package", async (context) => {
  const paid = [];
  const receiver = new WebhookReceiver(SECRET, ({ data }) => paid.push(data.amount));
  const url = await serve(context, httpListener(receiver));
  const response = await fetch(url, { method: "POST", ...signedRequest(sampleEvent("payment.succeeded"), SECRET) });
  assert.deepEqual([response.status, paid], [200, ["99.99"]]);
});

describe("“a forged request raised the alarm like a bug, and a bug looked like a forged request”", () => {
  const statusOf = async (payload, header, handler = () => {}) =>
    (await new WebhookReceiver(SECRET, handler, { logger: silent }).receive(payload, header)).status;

  test("a wrong signature is the sender's mistake: 400", async () => {
    assert.equal(await statusOf(body, "0".repeat(64)), 400);
    assert.ok(refused(() => verifyWebhook(body, "0".repeat(64), SECRET)) instanceof SignatureVerificationError);
  });

  test("junk in the header is an error too, but not a RangeError or TypeError", () => {
    for (const junk of ["é".repeat(64), "00", "\0", ["a"], 7, {}]) assert.equal(codeOf(() => verifyWebhook(body, junk, SECRET)), "malformed_signature");
  });

  test("a parsed body is the receiver's: 500", async () => assert.equal(await statusOf(EVENT, signature), 500));

  test("a failed handler is neither: 500, with its stack in the log", async () => {
    const logger = keeper();
    const receiver = new WebhookReceiver(SECRET, () => { throw new TypeError("order is undefined"); }, { logger });
    assert.equal((await receiver.receive(body, signature)).status, 500);
    assert.match(logger.texts[0], /TypeError: order is undefined\n +at .*pains\.test\.mjs/);
  });
});

test("“the native part was missing and the error said nothing”: it runs as WebAssembly, and a warning says what is missing, and how to fix it", () => {
  const folder = mkdtempSync(join(tmpdir(), "payvost-webhooks-"));
  try {
    cpSync(fileURLToPath(new URL("../lib", import.meta.url)), join(folder, "lib"), { recursive: true });
    const program = 'import(process.argv[1]).then(({ WebhookVerifier, sign }) => new WebhookVerifier("whsec_1").verifySignature("{}", sign("{}", "whsec_1")))';
    const options = { encoding: "utf8" };
    const { status, stderr } = spawnSync(process.execPath, ["-e", program, pathToFileURL(join(folder, "lib/index.js")).href], options);
    assert.equal(status, 0, stderr);
    const { platform, arch, version } = process;
    for (const part of ["@payvost/webhooks runs as WebAssembly", `${platform} ${arch}`, "@payvost/webhooks-", `Node.js ${version}`, "Remove node_modules and install again"]) {
      assert.ok(stderr.includes(part), `${part}: ${stderr}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("“the check passed because nothing was configured”: without a secret, every delivery is rejected", () => {
  const anybody = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"; // HMAC-SHA256 of nothing, keyed with nothing
  for (const nothing of [undefined, null, "", " ", "\0", [], [""], [SECRET, ""], [SECRET, undefined], new Uint8Array(), false, {}]) {
    assert.equal(codeOf(() => verifyWebhook("", anybody, nothing)), "invalid_secret");
    assert.equal(codeOf(() => new WebhookVerifier(nothing)), "invalid_secret");
    assert.equal(codeOf(() => new WebhookReceiver(nothing, () => {})), "invalid_secret");
  }
});
