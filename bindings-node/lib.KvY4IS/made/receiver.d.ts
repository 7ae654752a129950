import type { Payload, Secret, SignatureHeader } from "./arguments.js";
import { type ErrorCode } from "./errors.js";
import { type WebhookLogger, type WebhookLogRecord } from "./log.js";
import type { WebhookEvent } from "./events.js";
import { WebhookRouter, type EventHandler } from "./router.js";
import type { WebhookClaim } from "./stores/claim.js";
import type { ClaimOf, TransactionOf } from "./stores/claim-types.js";
import { WebhookStore } from "./stores/store.js";
import { WebhookVerifier } from "./verifier.js";
/**
 * How a delivery ended.
 *
 * - `handled`: the handler ran.
 * - `unhandled`: no handler is registered for the event's type.
 * - `handler_failed`: the handler threw, or ended the transaction of an inbox itself.
 * - `body_incomplete`: the sender disconnected or was too slow. This says nothing about the signature.
 * - `method_not_allowed`: the request used a method other than `POST`.
 *
 * With a store:
 *
 * - `already_handled`: the event had been handled before.
 * - `handed_over`: a queue's worker completes the event.
 * - `claim_lost`: the handler ran longer than its claim held, and another worker may have handled the event too.
 * - `in_progress`: another worker is handling the event.
 * - `event_conflict`: an event with the same id and a different body arrived before. This one was not handled.
 * - `other_endpoint`: the delivery stored under the key of a retry belongs to another endpoint.
 * - `store_unavailable`: the store is unreachable, too slow or full. Either the handler did not run, or its completion is not on record.
 */
export type WebhookOutcome = "handled" | "unhandled" | "already_handled" | "handed_over" | "claim_lost" | "in_progress" | "event_conflict" | "handler_failed" | "body_incomplete" | "method_not_allowed" | "other_endpoint" | "store_unavailable";
/** How a delivery ended, for metrics. */
export interface WebhookResult {
    /** The outcome, or the error code if the delivery was rejected. */
    code: WebhookOutcome | ErrorCode;
    /** The HTTP status of the response. */
    status: number;
    /** The event's id; `null` if the delivery was rejected. */
    eventId: string | null;
    /** The event's type; `null` if the delivery was rejected. */
    eventType: string | null;
    /** The position of the secret that matched; `null` if the delivery was rejected. */
    matchingSecret: number | null;
    /** Seconds from the call of the adapter or of `receive`, before the body is read, to the response. Payvost waits 5 seconds. */
    durationSeconds: number;
}
/** Options of a {@link WebhookReceiver}. */
export interface WebhookReceiverOptions {
    /**
     * Logs one record per delivery, without the payload, the secret or the signature: a logger with the methods `info`, `warn` and `error`,
     * or a function that receives each record. Default: warnings and errors go to `console.warn` and `console.error`.
     */
    logger?: WebhookLogger | ((record: WebhookLogRecord) => unknown) | null | undefined;
    /** Called with the result of each delivery. An exception it throws is logged and does not change the response. */
    onResult?: ((result: WebhookResult) => unknown) | null | undefined;
    /**
     * Claims each event before it is handled, so that it takes effect once: a store from `@payvost/webhooks/stores`. Without a store, an
     * event that is delivered twice is handled twice.
     */
    store?: WebhookStore | null | undefined;
    /**
     * How many seconds a handler may take. Then its third argument, an `AbortSignal`, is aborted, and the outcome is `handler_failed`. If the
     * handler stops, its event is released. If it goes on, its claim holds until it ends. Default: no limit.
     */
    handlerTimeoutSeconds?: number | null | undefined;
}
/** A router whose handlers are content with such a claim. */
type RouterFor<Claim> = WebhookRouter<any> & {
    readonly handles?: (claim: Claim) => void;
};
/** The response to send to Payvost. */
export interface WebhookAnswer {
    /**
     * 200 if the event was handled; 500 if the handler failed; 400, 413 or 500 if the delivery was rejected; 408 if the body did not arrive;
     * with a store also 409 and 503.
     */
    status: number;
    /** The headers, with names in lower case. */
    headers: Record<string, string>;
    /** JSON without secrets. */
    body: string;
}
/**
 * Verifies a delivery, calls the handler, and returns the response to send. Works without a framework; the adapters in
 * `@payvost/webhooks/express`, `/fastify`, `/http` and `/fetch` connect it to one.
 *
 * @example
 * ```ts
 * const receiver = new WebhookReceiver(process.env.WEBHOOK_SECRET, router, { logger });
 * const { status, headers, body } = await receiver.receive(rawBody, headers["payvost-signature"]);
 * ```
 */
export declare class WebhookReceiver<Store extends WebhookStore = WebhookStore> {
    /**
     * @param verifierOrSecret A verifier, or a secret for a verifier with the default options. Pass several secrets during a rotation.
     * @param routerOrHandler A router, or a function that handles every event.
     * @throws {ConfigurationError} `invalid_secret`, `invalid_option`
     */
    constructor(verifierOrSecret: WebhookVerifier | Secret | readonly Secret[] | null | undefined, routerOrHandler: RouterFor<ClaimOf<Store>> | EventHandler<WebhookEvent, ClaimOf<Store>>, options: WebhookReceiverOptions & {
        store: Store;
    });
    /**
     * @param verifierOrSecret A verifier, or a secret for a verifier with the default options. Pass several secrets during a rotation.
     * @param routerOrHandler A router, or a function that handles every event.
     * @throws {ConfigurationError} `invalid_secret`, `invalid_option`
     */
    constructor(verifierOrSecret: WebhookVerifier | Secret | readonly Secret[] | null | undefined, routerOrHandler: RouterFor<WebhookClaim | undefined> | EventHandler, options?: WebhookReceiverOptions | null);
    /**
     * Receives one delivery.
     *
     * @param body The raw body. A parsed body gets status 500, and the log says why.
     * @param signature The value of the `Payvost-Signature` header, or `undefined` if the header is missing.
     * @returns The response to send. The promise is never rejected: a failed handler leads to a response too.
     */
    receive(body: Payload | null | undefined, signature: SignatureHeader): Promise<WebhookAnswer>;
    /**
     * Returns a receiver like this one, with another verifier or secret: that of a tenant, or the latest from a secret manager. Adapters take a
     * function that chooses the receiver for a request.
     *
     * @example
     * ```ts
     * app.post("/:tenant/webhooks", expressHandler(async (request) => receiver.withVerifier(await secretOf(request.params.tenant))));
     * ```
     *
     * @throws {ConfigurationError} `invalid_secret`
     */
    withVerifier(verifierOrSecret: WebhookVerifier | Secret | readonly Secret[] | null | undefined): WebhookReceiver<Store>;
    /**
     * Receives one delivery in a transaction of your own: the event is claimed in it before the handler runs, and completed before it commits. The
     * store must be a `SqlInbox` on an ORM.
     *
     * `transact` opens the transaction, and passes it to `run`. The promise of `run` tells whether the event was handled; it is rejected if the
     * handler failed, and then the transaction must be rolled back. The response is known when the promise of `transact` has settled.
     *
     * @example
     * ```ts
     * const answer = await receiver.receiveIn(body, signature, (run) =>
     *   prisma.$transaction(async (tx) => {
     *     if (await run(tx)) await tx.audit.create({ data: { what: "webhook" } });
     *   }),
     * );
     * ```
     *
     * @returns The response to send, as from {@link receive}.
     * @throws {ConfigurationError} `invalid_option`: the store cannot join a transaction, or `transact` is not a function.
     */
    receiveIn(body: Payload | null | undefined, signature: SignatureHeader, transact: (run: (transaction: TransactionOf<Store>) => Promise<boolean>) => Promise<unknown>): Promise<WebhookAnswer>;
    /**
     * Handles a dead letter again. The stored delivery is verified with the current secrets, whatever its age, then claimed and handled like a
     * new one.
     *
     * @param key The key of a dead letter from `store.deadLetters()`.
     * @returns The response a delivery would get: 200 if the event was handled, 404 if the key belongs to another endpoint; `null` if nothing
     *   is stored under the key.
     * @throws {ConfigurationError} `invalid_option`: the receiver has no store, or the key is not a string.
     */
    retry(key: string): Promise<WebhookAnswer | null>;
}
export {};
