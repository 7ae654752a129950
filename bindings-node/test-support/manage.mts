// Compiled by typescript.test.mjs, never run: the client of the management API. Valid code compiles, and invalid code does not.
import {
  ApiError,
  Payvost,
  Rotation,
  WebhookError,
  type ApiCall,
  type ApiErrorCode,
  type ApiResponseInfo,
  type CreatedWebhook,
  type DeliveryAttempt,
  type DryRun,
  type Page,
  type PayvostOptions,
  type Webhook,
} from "@payvost/webhooks";

declare const environment: { [name: string]: string | undefined };

const options: PayvostOptions = {
  apiKey: environment["PAYVOST_API_KEY"],
  environment: "sandbox",
  baseUrl: environment["PAYVOST_BASE_URL"],
  timeoutSeconds: 5,
  fetch,
  onRequest: ({ operation, attempt }) => console.log(operation.length + attempt),
  onResponse: (info: ApiResponseInfo) => console.log(info.status, info.durationSeconds),
};
const payvost = new Payvost(options);
const controller = new AbortController();

const created: CreatedWebhook = await payvost.webhooks.create({ url: "https://a.example", events: ["payment.*"], metadata: { a: "b" } });
const secret: string = created.secret;
const webhook: Webhook = await payvost.webhooks.update(created.id, { enabled: true, description: null }, { idempotencyKey: "a", signal: controller.signal });
const call: ApiCall<Webhook> = payvost.webhooks.get(webhook.id);
const { data, response } = await call.withResponse();
const facts: (number | string | null)[] = [response.requestId, response.rateLimit.remaining, response.attempts, data.url];
const page: Page<Webhook> = await payvost.webhooks.list();
const total: number | null = page.total;
for await (const { url, events } of payvost.webhooks.list({ limit: 10 })) console.log(url, events.join());
for await (const { event, responseCode } of page.data.length > 0 ? payvost.webhooks.getLogs("w", { status: "failed" }) : []) console.log(event.type, responseCode);
const next: Page<Webhook> | null = await page.nextPage();
const attempt: DeliveryAttempt = await payvost.webhooks.test("w", { eventType: "payment.succeeded" }, null);
const shown: DryRun = await payvost.webhooks.create({ url: "https://a.example", events: [] }, { dryRun: true });
const listed: DryRun = await payvost.webhooks.list({}, { dryRun: true });
const now: string | undefined = (await payvost.testing.advanceTime({ hours: 1 })).now;
const isOver: boolean = new Rotation(new Date()).isOver();

try {
  await payvost.webhooks.delete("w");
} catch (error) {
  if (error instanceof ApiError) {
    const code: ApiErrorCode = error.code;
    const base: WebhookError = error;
    const status: number | null = error.status;
    if (error.code === "outcome_unknown") console.log(code, base, status, error.cause);
  }
}

// @ts-expect-error: `url` is required
payvost.webhooks.create({ events: ["*"] });
// @ts-expect-error: a misspelled parameter
payvost.webhooks.update("w", { enable: true });
// @ts-expect-error: an unknown state
payvost.webhooks.getLogs("w", { status: "lost" });
// @ts-expect-error: the secret is in the answers of `create` and `rotateSecret` alone
console.log(webhook.secret);
// @ts-expect-error: a call for one object is not a list
for await (const _ of payvost.webhooks.get("w")) console.log(_);
// @ts-expect-error: a dry run returns the request
console.log((await payvost.webhooks.get("w", { dryRun: true })).url.events);
// @ts-expect-error: the key is required
new Payvost({});

export { secret, facts, total, next, attempt, shown, listed, now, isOver };
