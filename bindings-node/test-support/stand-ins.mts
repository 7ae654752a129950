// Compiled by typescript.test.mjs, never run: stand-ins for objects of this package in the tests of users.
import type { WebhookReceiver, WebhookRouter, WebhookVerifier, WebhookEvent } from "@payvost/webhooks";

declare const event: WebhookEvent;

const verifier: WebhookVerifier = { verify: () => event, verifySignature: () => {}, matchingSecret: () => 0 };
const router: WebhookRouter = { on: () => router, dispatch: () => undefined };
const answer = { status: 200, headers: {}, body: "" };
const receiver: WebhookReceiver = { receive: async () => answer, receiveIn: async () => answer, retry: async () => null, withVerifier: () => receiver };

// @ts-expect-error a method is missing
const incomplete: WebhookVerifier = { verify: () => event };

export { incomplete, receiver, router, verifier };
