import type { ApiCall, CallOptions, DryRun, PageCall, PayvostOptions, ResultOf } from "./api.js";
import type { CreatedWebhook, DeliveryAttempt, RotatedSecret, SandboxClock, TestingAdvanceTimeParams, TestingTriggerWebhookParams, Webhook, WebhooksCreateParams, WebhooksGetLogsParams, WebhooksListParams, WebhooksTestParams, WebhooksUpdateParams } from "./types.js";
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
export declare class Payvost {
    /** The webhooks of the account. */
    readonly webhooks: PayvostWebhooks;
    /** What only a sandbox can do. With a live key these calls are rejected before anything is sent. */
    readonly testing: PayvostTesting;
    /**
     * @throws {ConfigurationError} `invalid_option`: the API key is missing, publishable or malformed, or an option is unknown, out of range or
     *   contradicts the key.
     */
    constructor(options: PayvostOptions);
}
/**
 * The calls for webhooks. Each one rejects with an `ApiError`, or with a `ConfigurationError` if a parameter is invalid; then nothing was sent.
 */
export declare class PayvostWebhooks {
    /** Creates a webhook. Store the `secret` of the result: only this call and `rotateSecret` return it. */
    create<Options extends CallOptions>(parameters: WebhooksCreateParams, options?: Options | null): ApiCall<ResultOf<Options, CreatedWebhook>>;
    /** Lists the webhooks: await it for one page, or iterate over all of them. */
    list(parameters: WebhooksListParams | null | undefined, options: CallOptions & {
        dryRun: true;
    }): ApiCall<DryRun>;
    list(parameters?: WebhooksListParams | null, options?: CallOptions | null): PageCall<Webhook>;
    /** Returns a webhook. */
    get<Options extends CallOptions>(id: string, options?: Options | null): ApiCall<ResultOf<Options, Webhook>>;
    /** Changes a webhook. Omitted fields keep their values. */
    update<Options extends CallOptions>(id: string, parameters: WebhooksUpdateParams, options?: Options | null): ApiCall<ResultOf<Options, Webhook>>;
    /** Deletes a webhook. It succeeds if an earlier attempt of the same call has deleted it. */
    delete<Options extends CallOptions>(id: string, options?: Options | null): ApiCall<ResultOf<Options, unknown>>;
    /** Replaces the secret of a webhook. Store the result, and see `Rotation` for when to remove the old secret. */
    rotateSecret<Options extends CallOptions>(id: string, options?: Options | null): ApiCall<ResultOf<Options, RotatedSecret>>;
    /** Delivers a test event to a webhook. */
    test<Options extends CallOptions>(id: string, parameters: WebhooksTestParams, options?: Options | null): ApiCall<ResultOf<Options, DeliveryAttempt>>;
    /** Lists the attempts to deliver events to a webhook: await it for one page, or iterate over all of them. */
    getLogs(id: string, parameters: WebhooksGetLogsParams | null | undefined, options: CallOptions & {
        dryRun: true;
    }): ApiCall<DryRun>;
    getLogs(id: string, parameters?: WebhooksGetLogsParams | null, options?: CallOptions | null): PageCall<DeliveryAttempt>;
}
/** The calls that exist only in a sandbox. They reject as the calls of {@link PayvostWebhooks} do. */
export declare class PayvostTesting {
    /** Publishes an event to one webhook. */
    triggerWebhook<Options extends CallOptions>(id: string, parameters: TestingTriggerWebhookParams, options?: Options | null): ApiCall<ResultOf<Options, DeliveryAttempt>>;
    /** Advances the clock, and returns when everything that became due has been delivered. It has no time limit and is not retried. */
    advanceTime<Options extends CallOptions>(parameters: TestingAdvanceTimeParams, options?: Options | null): ApiCall<ResultOf<Options, SandboxClock>>;
    /** Resets the clock to the current time. */
    resetTime<Options extends CallOptions>(options?: Options | null): ApiCall<ResultOf<Options, unknown>>;
    /** Deletes all data of the sandbox. */
    resetAllData<Options extends CallOptions>(options?: Options | null): ApiCall<ResultOf<Options, unknown>>;
}
