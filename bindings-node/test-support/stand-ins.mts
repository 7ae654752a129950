// Compiled by typescript.test.mjs, never run: objects of your own, in your tests, in the place of those of this package.
import type { WebhookReceiver, WebhookRouter, WebhookVerifier, WebhookEvent } from "@payvost/webhooks";

declare const event: WebhookEvent;

const verifier: WebhookVerifier = { verify: () => event, verifySignature: () => {}, matchingSecret: () => 0 };
const router: WebhookRouter = { on: () => router, dispatch: () => undefined };
const receiver: WebhookReceiver = { receive: async () => ({ status: 200, headers: {}, body: "" }), retry: async () => null };

// @ts-expect-error a method is missing
const incomplete: WebhookVerifier = { verify: () => event };

export { incomplete, receiver, router, verifier };
