import { type ClaimTicket, type TakenTicket } from "./claim.js";
import type { ClaimSteps, DeadLetter, KeptDelivery } from "./steps.js";
/** Options of all stores. `null` and `undefined` mean the default. */
export interface WebhookStoreOptions {
    /**
     * How long a claim holds before another delivery may take it over, in seconds, from 1 to 86 400. Choose more than the handler takes, or
     * extend the claim in the handler. Default: 60.
     */
    leaseSeconds?: number | null | undefined;
    /**
     * How long an event is remembered after its last change, in seconds, from 5765, the time in which Payvost retries, to 315 360 000 (ten
     * years). Default: 86 400 (24 h).
     */
    rememberSeconds?: number | null | undefined;
    /**
     * What the keys begin with: 1 to 64 ASCII letters, digits and `_ . : -`, not ending in `-test` or `-open`. If endpoints share a
     * store, give each its own prefix. Default: `webhook`.
     */
    prefix?: string | null | undefined;
    /**
     * Whether the store keeps the body and the signature until the event is handled, so that it can be handled again after Payvost has given
     * up. They are customer data at rest. Default: true.
     */
    keepDeliveries?: boolean | null | undefined;
    /** How long each step of the store may take, in seconds, before it counts as failed. Payvost waits 5 seconds in all. Default: 2. */
    timeoutSeconds?: number | null | undefined;
}
/** The base of all stores. With your own steps, it is a custom store. */
export declare class WebhookStore {
    /**
     * @param steps The steps that keep the claims.
     * @throws {ConfigurationError} `invalid_option`
     */
    constructor(steps: ClaimSteps, options?: WebhookStoreOptions | null);
    /**
     * Lists the events that were claimed and not handled, oldest first.
     *
     * @param limit The maximum number of events. Default: 100.
     */
    deadLetters(limit?: number): Promise<DeadLetter[]>;
    /** The delivery that is stored with a claim; `null` if there is none. */
    delivery(key: string): Promise<KeptDelivery | null>;
    /**
     * Takes a claim that was handed over, in a queue's worker. Only one worker at a time can take it. It can be taken again after a release, or
     * when the lease has expired.
     *
     * @param options `leaseSeconds`: how long the worker holds the claim from now. Default: the store's `leaseSeconds`.
     * @throws {ConfigurationError} `invalid_option`: the ticket is invalid, or the store is an inbox, whose claims end with their transaction.
     */
    take(ticket: ClaimTicket, options?: {
        leaseSeconds?: number | undefined;
    }): Promise<TakenTicket>;
    /**
     * Discards a dead letter: it counts as handled, and its delivery is deleted.
     *
     * @returns Whether the key was that of a dead letter.
     */
    discard(key: string): Promise<boolean>;
}
