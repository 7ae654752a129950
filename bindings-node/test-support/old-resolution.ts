// Compiled by typescript-old-resolution.test.mjs, never run: a project that ignores `exports` in package.json.
import { WebhookReceiver, WebhookRouter, type WebhookEvent } from "@payvost/webhooks";
import { explain } from "@payvost/webhooks/explain";
import { expressHandler } from "@payvost/webhooks/express";
import { fastifyPlugin, type FastifyPluginOptions } from "@payvost/webhooks/fastify";
import { fetchHandler } from "@payvost/webhooks/fetch";
import { httpListener, type NodeRequest } from "@payvost/webhooks/http";
import { hapiPlugin } from "@payvost/webhooks/hapi";
import { koaMiddleware } from "@payvost/webhooks/koa";
import { lambdaHandler } from "@payvost/webhooks/lambda";
import { OnWebhook, PayvostWebhooksModule } from "@payvost/webhooks/nestjs";
import { currentRequest } from "@payvost/webhooks/request";
import { MemoryStore, type WebhookStoreOptions } from "@payvost/webhooks/stores";
import { sampleEvent, signedRequest } from "@payvost/webhooks/testing";

const options: WebhookStoreOptions = { leaseSeconds: 5 };
const router = new WebhookRouter().on("payment.succeeded", ({ data }) => data.amount.length);
const receiver = new WebhookReceiver("whsec_example", router, { store: new MemoryStore(options) });
const plugin: FastifyPluginOptions = { receiver };
const event: WebhookEvent = sampleEvent("payment.succeeded");
declare const request: NodeRequest;

export const status = fetchHandler(receiver)(new Request("http://localhost/", { method: "POST", ...signedRequest(event, "whsec_example") })).then(({ status }) => status);
export { currentRequest, event, explain, expressHandler, fastifyPlugin, hapiPlugin, httpListener, koaMiddleware, lambdaHandler, plugin, request, OnWebhook, PayvostWebhooksModule };

// @ts-expect-error a secret is not a receiver
expressHandler("whsec_example");
// @ts-expect-error a misspelled field
router.on("wallet.frozen", ({ data }) => data.frozenUntil);
