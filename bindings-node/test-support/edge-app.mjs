// What the tests of runtimes run: the vectors, and requests to a receiver as an application makes it. Nothing here is of Node.js.
import * as webhooks from "@payvost/webhooks";
import { fetchHandler } from "@payvost/webhooks/fetch";
import { WebhookStore } from "@payvost/webhooks/stores";
import { sampleEvent, signedRequest } from "@payvost/webhooks/testing";
import { runVectors } from "./portable.mjs";
import vectors from "./vectors.mjs";

export async function check() {
  return { ...(await runVectors({ ...webhooks, WebhookStore }, vectors)), ...(await answersOf()) };
}

async function answersOf() {
  const [statuses, codes] = [[], []];
  const done = new Set();
  const store = new WebhookStore({
    claim: async ({ key }) => (done.has(key) ? ["done", 0] : ["claimed", 1]),
    complete: async ({ key }) => Boolean(done.add(key)),
    extend: async () => true,
    release: async () => true,
    deadLetters: async () => [],
    delivery: async () => null,
  });
  const logger = () => {};
  const receiver = new webhooks.WebhookReceiver("whsec_example", () => {}, { store, logger, onResult: ({ code }) => codes.push(code) });
  const deliver = fetchHandler(receiver);
  const event = sampleEvent("payment.succeeded", {}, { fresh: true });
  for (const request of [
    { method: "POST", ...signedRequest(event, "whsec_example") },
    { method: "POST", ...signedRequest(event, "whsec_example") },
    { method: "POST", ...signedRequest(event, "whsec_other") },
    { method: "PUT", ...signedRequest(event, "whsec_example") },
  ]) {
    statuses.push((await deliver(new Request("http://localhost/webhooks/payvost", request))).status);
  }
  return { answers: [...statuses, ...codes] };
}
