import type { Payload, Secret, SignatureHeader } from "./arguments.js";
import { type ErrorCode } from "./errors.js";
import type { WebhookLogger } from "./log.js";
import { WebhookRouter, type EventHandler } from "./router.js";
import { WebhookStore } from "./stores/store.js";
import { WebhookVerifier } from "./verifier.js";
/**
 * How the delivery of an event ended. With a store:
 *
 * - `already_handled`: it had been handled before.
 * - `handed_over`: it was left to the worker of a queue.
 * - `claim_lost`: it was handled, but took longer than its claim held; another worker may have handled it as well.
 * - `in_progress`: another worker is handling it.
 * - `event_conflict`: another event with the same id and another body came before. It was not handled.
 * - `store_unavailable`: the store cannot be reached or did not answer in time. The handler did not run, or it is not on record that it did.
 */
export type WebhookOutcome = "handled" | "already_handled" | "handed_over" | "claim_lost" | "in_progress" | "event_conflict" | "handler_failed" | "store_unavailable";
/** How a delivery ended, for metrics. */
export interface WebhookResult {
    /** `handled` (also when there is no handler for the type), another outcome, or why the delivery was refused. */
    code: WebhookOutcome | ErrorCode;
    /** The HTTP status of the answer. */
    status: number;
    /** The event's identity; `null` when the delivery was refused. */
    eventId: string | null;
    /** The event's type; `null` when the delivery was refused. */
    eventType: string | null;
    /** Which of the verifier's secrets matched, by its position; `null` when the delivery was refused. */
    matchingSecret: number | null;
    /** From the start of reading the body to the answer, in seconds. The provider waits for 5. */
    durationSeconds: number;
}
/** What a {@link WebhookReceiver} does beside answering. */
export interface WebhookReceiverOptions {
    /**
     * Where to log, one text a record, without the payload, the secret or the signature. Default: refusals and failures go to
     * `console.warn` and `console.error`, and events that were handled nowhere.
     */
    logger?: WebhookLogger | null | undefined;
    /**
     * Is given the result of each delivery that was answered; there is none for a sender that went away in the middle of the body.
     * What it throws is logged and changes no answer.
     */
    onResult?: ((result: WebhookResult) => unknown) | null | undefined;
    /**
     * Where events are claimed before they are handled, so that each takes effect once: one of `@payvost/webhooks/stores`. Default: none;
     * an event that is delivered twice is handled twice.
     */
    store?: WebhookStore | null | undefined;
}
/** What to answer to the provider. */
export interface WebhookAnswer {
    /**
     * 200 when the event was handled, 500 when the handler failed, 400, 413 or 500 when the delivery was refused; with a store also 409 and
     * 503.
     */
    status: number;
    /** The headers, their names in lower case. */
    headers: Record<string, string>;
    /** JSON that holds nothing secret. */
    body: string;
}
/**
 * Receives deliveries without a framework: verifies, calls the handler, and says what to answer. The adapters in
 * `@payvost/webhooks/express`, `/fastify`, `/http` and `/fetch` put one behind a URL.
 *
 * @example
 * ```ts
 * const receiver = new WebhookReceiver(process.env.WEBHOOK_SECRET, router, { logger });
 * const { status, headers, body } = await receiver.receive(rawBody, headers["payvost-signature"]);
 * ```
 */
export declare class WebhookReceiver {
    /**
     * @param verifierOrSecret A verifier, or what one with the default options is made of: a secret, or several while it is
     *   being rotated.
     * @param routerOrHandler A router, or a function that is given every event.
     * @throws {ConfigurationError} `invalid_secret`, `invalid_option`
     */
    constructor(verifierOrSecret: WebhookVerifier | Secret | readonly Secret[] | null | undefined, routerOrHandler: WebhookRouter | EventHandler, options?: WebhookReceiverOptions | null);
    /**
     * Receives one delivery.
     *
     * @param body The raw body. One that somebody has parsed is answered with status 500, and the log says why.
     * @param signature The value of the `Payvost-Signature` header, or what stands in its place when it did not come.
     * @returns What to answer. Never rejected: a handler that fails is an answer too.
     */
    receive(body: Payload | null | undefined, signature: SignatureHeader): Promise<WebhookAnswer>;
    /**
     * Has a dead letter handled again. The delivery that the store has kept is verified with today's secrets, whatever its age, claimed, and
     * handled as one that has just come.
     *
     * @param key The key of a dead letter, which `store.deadLetters()` lists.
     * @returns What would be answered, 200 when it was handled; null when the store has kept nothing under that key.
     * @throws {ConfigurationError} `invalid_option`: there is no store, or the key is no text.
     */
    retry(key: string): Promise<WebhookAnswer | null>;
}
