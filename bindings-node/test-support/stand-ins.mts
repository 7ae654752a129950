// Compiled by typescript.test.mjs, never run: stand-ins for objects of this package in the tests of users.
import type { WebhookReceiver, WebhookRouter, WebhookVerifier, WebhookEvent } from "@payvost/webhooks";

declare const event: WebhookEvent;

const verifier: WebhookVerifier = { verify: () => event, verifySignature: () => {}, matchingSecret: () => 0 };
const router: WebhookRouter = { on: () => router, dispatch: () => undefined };
const receiver: WebhookReceiver = { receive: async () => ({ status: 200, headers: {}, body: "" }), retry: async () => null };

// @ts-expect-error a method is missing
const incomplete: WebhookVerifier = { verify: () => event };

export { incomplete, receiver, router, verifier };
