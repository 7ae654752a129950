import type { ApiCall, CallOptions, DryRun, PageCall, PayvostOptions, ResultOf } from "./api.js";
import type { MakeCall } from "./calls.js";
import type {
  CreatedWebhook,
  DeliveryAttempt,
  RotatedSecret,
  SandboxClock,
  TestingAdvanceTimeParams,
  TestingTriggerWebhookParams,
  Webhook,
  WebhooksCreateParams,
  WebhooksGetLogsParams,
  WebhooksListParams,
  WebhooksTestParams,
  WebhooksUpdateParams,
} from "./types.js";

/**
 * A client of Payvost's management API: creates, lists, changes, tests and deletes webhooks, rotates their secrets and reads their logs.
 *
 * Make one when the program starts, and share it: its calls share the connections and the budget for retries. JavaScript cannot read the API
 * key from it.
 *
 * @example
 * ```ts
 * const payvost = new Payvost({ apiKey: process.env.PAYVOST_API_KEY });
 * const webhook = await payvost.webhooks.create({ url: "https://yourapp.com/webhooks/payvost", events: ["payment.*"] });
 * for await (const { url, events } of payvost.webhooks.list()) console.log(url, events);
 * ```
 */
export class Payvost {
  /** The webhooks of the account. */
  readonly webhooks: PayvostWebhooks;
  /** What only a sandbox can do. With a live key these calls are rejected before anything is sent. */
  readonly testing: PayvostTesting;

  /**
   * @throws {ConfigurationError} `invalid_option`: the API key is missing, publishable or malformed, or an option is unknown, out of range or
   *   contradicts the key.
   */
  constructor(options: PayvostOptions) {
    // Loaded here, so that programs that only receive webhooks do not pay for it.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { makerOf } = require("./calls.js") as typeof import("./calls.js");
    const make = makerOf(options);
    this.webhooks = new PayvostWebhooks(make);
    this.testing = new PayvostTesting(make);
  }
}

/**
 * The calls for webhooks. Each one rejects with an `ApiError`, or with a `ConfigurationError` if a parameter is invalid; then nothing was sent.
 */
export class PayvostWebhooks {
  readonly #make: MakeCall;

  /** @internal */
  constructor(make: MakeCall) {
    this.#make = make;
  }

  /** Creates a webhook. Store the `secret` of the result: only this call and `rotateSecret` return it. */
  create<Options extends CallOptions>(parameters: WebhooksCreateParams, options?: Options | null): ApiCall<ResultOf<Options, CreatedWebhook>> {
    return this.#make("webhooks.create", parameters, {}, options);
  }

  /** Lists the webhooks: await it for one page, or iterate over all of them. */
  list(parameters: WebhooksListParams | null | undefined, options: CallOptions & { dryRun: true }): ApiCall<DryRun>;
  list(parameters?: WebhooksListParams | null, options?: CallOptions | null): PageCall<Webhook>;
  list(parameters?: WebhooksListParams | null, options?: CallOptions | null): any {
    return this.#make("webhooks.list", parameters, {}, options, true);
  }

  /** Returns a webhook. */
  get<Options extends CallOptions>(id: string, options?: Options | null): ApiCall<ResultOf<Options, Webhook>> {
    return this.#make("webhooks.get", undefined, { id }, options);
  }

  /** Changes a webhook. Omitted fields keep their values. */
  update<Options extends CallOptions>(id: string, parameters: WebhooksUpdateParams, options?: Options | null): ApiCall<ResultOf<Options, Webhook>> {
    return this.#make("webhooks.update", parameters, { id }, options);
  }

  /** Deletes a webhook. It succeeds if an earlier attempt of the same call has deleted it. */
  delete<Options extends CallOptions>(id: string, options?: Options | null): ApiCall<ResultOf<Options, unknown>> {
    return this.#make("webhooks.delete", undefined, { id }, options);
  }

  /** Replaces the secret of a webhook. Store the result, and see `Rotation` for when to remove the old secret. */
  rotateSecret<Options extends CallOptions>(id: string, options?: Options | null): ApiCall<ResultOf<Options, RotatedSecret>> {
    return this.#make("webhooks.rotateSecret", undefined, { id }, options);
  }

  /** Delivers a test event to a webhook. */
  test<Options extends CallOptions>(id: string, parameters: WebhooksTestParams, options?: Options | null): ApiCall<ResultOf<Options, DeliveryAttempt>> {
    return this.#make("webhooks.test", parameters, { id }, options);
  }

  /** Lists the attempts to deliver events to a webhook: await it for one page, or iterate over all of them. */
  getLogs(id: string, parameters: WebhooksGetLogsParams | null | undefined, options: CallOptions & { dryRun: true }): ApiCall<DryRun>;
  getLogs(id: string, parameters?: WebhooksGetLogsParams | null, options?: CallOptions | null): PageCall<DeliveryAttempt>;
  getLogs(id: string, parameters?: WebhooksGetLogsParams | null, options?: CallOptions | null): any {
    return this.#make("webhooks.getLogs", parameters, { id }, options, true);
  }
}

/** The calls that exist only in a sandbox. They reject as the calls of {@link PayvostWebhooks} do. */
export class PayvostTesting {
  readonly #make: MakeCall;

  /** @internal */
  constructor(make: MakeCall) {
    this.#make = make;
  }

  /** Publishes an event to one webhook. */
  triggerWebhook<Options extends CallOptions>(
    id: string,
    parameters: TestingTriggerWebhookParams,
    options?: Options | null,
  ): ApiCall<ResultOf<Options, DeliveryAttempt>> {
    return this.#make("testing.triggerWebhook", parameters, { id }, options);
  }

  /** Advances the clock, and returns when everything that became due has been delivered. It has no time limit and is not retried. */
  advanceTime<Options extends CallOptions>(parameters: TestingAdvanceTimeParams, options?: Options | null): ApiCall<ResultOf<Options, SandboxClock>> {
    return this.#make("testing.advanceTime", parameters, {}, options);
  }

  /** Resets the clock to the current time. */
  resetTime<Options extends CallOptions>(options?: Options | null): ApiCall<ResultOf<Options, unknown>> {
    return this.#make("testing.resetTime", undefined, {}, options);
  }

  /** Deletes all data of the sandbox. */
  resetAllData<Options extends CallOptions>(options?: Options | null): ApiCall<ResultOf<Options, unknown>> {
    return this.#make("testing.resetAllData", undefined, {}, options);
  }
}
