// Each thread loads the native half, and threads start and end.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { WebhookVerifier } from "@payvost/webhooks";
import { EVENT, SECRET, SIGNATURE, TEXT } from "../test-support/sample.mjs";

const source = `
  const { parentPort, workerData } = require("node:worker_threads");
  const { WebhookVerifier, verifyWebhook, SignatureVerificationError } = require(workerData.library);
  const { text, signature, secret } = workerData;
  let refused = 0;
  for (let round = 0; round < 500; round++) {
    verifyWebhook(text, signature, secret);
    new WebhookVerifier([secret, "other"]).verify(text, signature);
    try {
      verifyWebhook(text + " ", signature, secret);
    } catch (error) {
      refused += error instanceof SignatureVerificationError;
    }
  }
  parentPort.postMessage({ event: verifyWebhook(text, signature, secret), refused });
  if (workerData.stay) setInterval(() => verifyWebhook(text, signature, secret), 0);
`;

const library = fileURLToPath(new URL("../lib/index.js", import.meta.url));

function start(stay) {
  const workerData = { library, text: TEXT, signature: SIGNATURE, secret: SECRET, stay };
  const worker = new Worker(source, { eval: true, workerData });
  const answer = new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
  const end = new Promise((resolve) => worker.once("exit", resolve));
  return { worker, answer, end };
}

test("several threads verify at once, end or are terminated, and others follow", async () => {
  const verifier = new WebhookVerifier(SECRET);
  for (let round = 0; round < 3; round++) {
    const threads = Array.from({ length: 6 }, (_, index) => start(index % 2 === 0));
    for (const { answer } of threads) assert.deepStrictEqual(await answer, { event: EVENT, refused: 500 });
    assert.deepStrictEqual(verifier.verify(TEXT, SIGNATURE), EVENT);
    for (const { worker } of threads.filter((_, index) => index % 2 === 0)) await worker.terminate();
    for (const { end } of threads) await end;
  }
  assert.deepStrictEqual(verifier.verify(TEXT, SIGNATURE), EVENT);
});
