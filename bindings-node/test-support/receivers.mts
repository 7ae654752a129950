// Compiled by typescript-receivers.test.mjs, never run: with the types of the frameworks themselves.
import { createServer } from "node:http";
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";
import type { ALBEvent, ALBResult, APIGatewayProxyEvent, APIGatewayProxyEventV2, APIGatewayProxyResult, APIGatewayProxyResultV2 } from "aws-lambda";
import {
  WebhookReceiver,
  WebhookRouter,
  WebhookVerifier,
  type EventEnvelope,
  type EventHandler,
  type EventOf,
  type UnknownWebhookEvent,
  type WalletFrozenEvent,
  type WebhookAnswer,
  type WebhookEvent,
  type WebhookResult,
} from "@payvost/webhooks";
import { expressHandler } from "@payvost/webhooks/express";
import { fastifyPlugin } from "@payvost/webhooks/fastify";
import { fetchHandler } from "@payvost/webhooks/fetch";
import { hapiPlugin } from "@payvost/webhooks/hapi";
import { httpListener } from "@payvost/webhooks/http";
import { lambdaHandler } from "@payvost/webhooks/lambda";
import { OnWebhook } from "@payvost/webhooks/nestjs";
import { currentRequest } from "@payvost/webhooks/request";
import { sampleEvent, signedRequest } from "@payvost/webhooks/testing";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(_: Same<A, B>): void {}

// The pattern determines the type of the event.
const router: WebhookRouter = new WebhookRouter()
  .on("payment.succeeded", (event) => {
    const amount: string = event.data.amount;
    return amount;
  })
  .on("wallet.frozen", async ({ data }) => data.frozenAt.length)
  .on("payment.*", (event) => {
    switch (event.type) {
      case "payment.failed":
        return event.data.failureCode;
      // @ts-expect-error a type of another family
      case "wallet.created":
        return undefined;
      default:
        return event.id;
    }
  })
  .on("comet.sighted", ({ data }) => {
    const name: unknown = data["name"];
    return name;
  })
  .on("*", (event) => event.type === "user.created" && event.data.email);

same<EventOf<"wallet.frozen">, WalletFrozenEvent>(true);
same<EventOf<"*">, WebhookEvent>(true);
same<EventOf<string>, WebhookEvent>(true);
same<EventOf<"comet.sighted">, UnknownWebhookEvent>(true);
same<EventOf<"comet.*">, UnknownWebhookEvent>(true);

// @ts-expect-error a misspelt type: its data has no known fields
router.on("payment.succeded", ({ data }) => data.amount);
// @ts-expect-error a misspelt field
router.on("payment.succeeded", ({ data }) => data.amonut);
// @ts-expect-error a handler for another event
router.on("payment.succeeded", (event: WalletFrozenEvent) => event);
// @ts-expect-error the handler is missing
router.on("payment.succeeded");
for (const pattern of ["a", "b"]) router.on(pattern, (event) => event.id);

declare const event: WebhookEvent;

// Types that the provider names without describing them can be compared with; others after they were declared.
function named(event: WebhookEvent): unknown {
  switch (event.type) {
    case "payment.succeeded":
      return event.data.amount.length;
    case "refund.created":
    case "dispute.created":
    case "wallet.transaction_created":
    case "transfer.refunded":
    case "user.suspicious_activity":
      same<typeof event, UnknownWebhookEvent>(true);
      return event.data["id"];
    case "rate.updated":
    case "report.ready":
    case "currency.added":
      same<typeof event, UnknownWebhookEvent>(true);
      return event.data["id"];
    case "meteor.sighted":
      return event.data.name.length;
    case "planet.found":
    case "planet.lost":
      return event.data["orbit"];
    // @ts-expect-error a misspelt type
    case "payment.succeded":
      return undefined;
    default:
      return event.id;
  }
}
router.on("refund.created", ({ data }) => data["amount"]).on("refund.*", ({ type }) => type === "refund.created");
router.on("rate.*", ({ type, data }) => (type === "rate.updated" ? data["rate"] : type.length)).on("rate.updated", ({ data }) => data["rate"]);
const any: EventHandler = (event) => event.id;
router.on("report.*", any).on("asteroid.*", any).on("asteroid.sighted", (event: UnknownWebhookEvent) => event.data["name"]);
router.on("meteor.sighted", ({ data }) => data.name.length);
router.on("planet.*", ({ type, data }) => type === "planet.found" && data["orbit"]);

declare module "@payvost/webhooks" {
  interface WebhookEventMap {
    "meteor.sighted": EventEnvelope<"meteor.sighted", { name: string }>;
    "planet.*": EventEnvelope<`planet.${string}`, { [field: string]: unknown }>;
  }
}
const returned: unknown = router.dispatch(event);

// A receiver, with a logger and a hook.
const log: string[] = [];
const receiver = new WebhookReceiver(process.env["WEBHOOK_SECRET"], router, {
  logger: console,
  onResult: ({ code, durationSeconds, matchingSecret }: WebhookResult) => log.push(`${code} ${durationSeconds} ${matchingSecret ?? "-"}`),
});
const handler: EventHandler = (event) => event.id;
const other = new WebhookReceiver(new WebhookVerifier(["a", "b"]), handler, { logger: Fastify().log });
const answer: Promise<WebhookAnswer> = other.receive(new Uint8Array(), undefined);
const position: number = new WebhookVerifier("a").matchingSecret("{}", "00");
// @ts-expect-error an option of the verifier
new WebhookReceiver("whsec_example", router, { expectLiveMode: true });
// @ts-expect-error a parsed body
receiver.receive({ id: "evt_1" }, "00");

// The adapters fit the frameworks.
express().post("/", expressHandler(receiver)).use(express.json());
createServer(httpListener(receiver)).listen(0);
const app = Fastify();
app.register(fastifyPlugin, { prefix: "/webhooks/payvost", receiver });
// @ts-expect-error not a receiver
app.register(fastifyPlugin, { prefix: "/webhooks/payvost" });
const deliver: (request: Request) => Promise<Response> = fetchHandler(receiver);
new Hono().post("/", (context) => deliver(context.req.raw));
// @ts-expect-error a secret is not a receiver
expressHandler("whsec_example");

app.register(fastifyPlugin, { prefix: "/", receiver: (request: { params: unknown }) => receiver.withVerifier(String(request.params)) });
express().post("/:tenant", expressHandler<express.Request>((request) => receiver.withVerifier(request.params["tenant"])));
const plugin: { plugin: { name: string; register(server: any, options: any): Promise<void> } } = { plugin: hapiPlugin };
const version2: (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyResultV2> = lambdaHandler(receiver);
const version1: (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult> = lambdaHandler(receiver);
const balancer: (event: ALBEvent) => Promise<ALBResult> = lambdaHandler(receiver);
const host: string | undefined = currentRequest<express.Request>()?.hostname;
// @ts-expect-error a function that returns no receiver
lambdaHandler(() => "whsec_example");
class Handlers {
  paid(event: EventOf<"payment.succeeded">): string {
    return event.data.amount;
  }
}
OnWebhook("payment.succeeded")(Handlers.prototype, "paid", { value: Handlers.prototype.paid });
// @ts-expect-error a handler for another event
OnWebhook("wallet.frozen")(Handlers.prototype, "paid", { value: Handlers.prototype.paid });

// The tools for tests.
const sample: WalletFrozenEvent = sampleEvent("wallet.frozen", { id: "evt_7", data: { reason: "asked", added: 1 }, later: true });
// @ts-expect-error an undocumented type
sampleEvent("comet.sighted");
// @ts-expect-error a field of another type
sampleEvent("wallet.frozen", { data: { reason: 7 } });
const text: string = signedRequest(sample, "whsec_example").body;
const view: Uint8Array = signedRequest(new DataView(new ArrayBuffer(2)), "whsec_example").body;
const fresh: WalletFrozenEvent = sampleEvent("wallet.frozen", {}, { fresh: true });
const bytes: Uint8Array = signedRequest(new Uint8Array(), "whsec_example").body;
const headers: { "Payvost-Signature": string } = signedRequest("{}", "whsec_example").headers;
const sent: Promise<Response> = fetch("http://localhost/", { method: "POST", ...signedRequest(sample, "whsec_example") });

export { answer, balancer, bytes, fresh, host, plugin, version1, version2, named, view, headers, position, returned, sent, text };
