import type { Claims } from "./claims.js";
/** The second argument of a handler, if the receiver has a store. */
export interface WebhookClaim<Connection = any> {
    /** The key of the claim, such as `webhook:evt_1`. */
    readonly key: string;
    /** Proves that the claim belongs to this worker: 32 hexadecimal digits. */
    readonly token: string;
    /** How often the event has been claimed, including this time. More than 1 means that an earlier worker failed, died or was too slow. */
    readonly attempt: number;
    /**
     * With a `SqlInbox`: the connection whose transaction contains the claim, a `PoolClient` from pg, a `PoolConnection` from mysql2/promise, or
     * the SQLite database. Writes through it take effect exactly when the event counts as handled.
     */
    readonly connection: Connection;
    /**
     * Extends the lease of the claim, counted from now. In an inbox, the claim holds as long as its transaction.
     *
     * @param seconds From 1 to 86 400. Default: the store's `leaseSeconds`.
     * @returns Whether the claim still belongs to this worker. If not, another worker may be handling the event: stop.
     */
    extend(seconds?: number): Promise<boolean>;
    /**
     * Hands the event over to a queue's worker. The receiver then responds with 200 and does not complete the claim. If the handler fails after
     * this, the claim is released as usual.
     *
     * @returns The ticket to put on the queue with the event: a plain object with two strings, for `store.take`.
     * @throws If the claim no longer belongs to this worker, and with an inbox.
     */
    handOver(options?: {
        /** How long the claim holds from now: at least as long as the queue may take. Default: the rest of the lease. */
        leaseSeconds?: number | undefined;
    }): Promise<ClaimTicket>;
}
/** A claim on its way through a queue. */
export interface ClaimTicket {
    /** The key of the claim. */
    key: string;
    /** Proves who owns the claim. */
    token: string;
}
/** A claim in a queue's worker. Each method returns whether the claim still belonged to this worker. */
export interface HandedOverClaim {
    /** The key of the claim. */
    readonly key: string;
    /** Extends the lease, in seconds from now. Default: the store's `leaseSeconds`. */
    extend(seconds?: number): Promise<boolean>;
    /** Marks the event as handled. */
    complete(): Promise<boolean>;
    /** Releases the claim, so that the next delivery is handled. Only the class name of the error is stored; a string counts as such a name. */
    release(error?: unknown): Promise<boolean>;
}
/**
 * The result of taking a ticket. `claimed`: do the work, and complete the claim. `in_progress`: another worker has taken the ticket, so put the job
 * back. `done`: the event is handled. `lost`: a later delivery has claimed it, or it is forgotten. In the last two cases, drop the job.
 */
export type TakenTicket = TicketClaimed | TicketInProgress | TicketOver;
/** The claim belongs to this worker. */
export interface TicketClaimed {
    /** Handle the event. */
    state: "claimed";
    /** Complete, release or extend it. */
    claim: HandedOverClaim;
    /** How often the event has been tried, including this time. */
    attempt: number;
}
/** Another worker has taken the same ticket. */
export interface TicketInProgress {
    /** Put the job back. */
    state: "in_progress";
    /** When the other worker's lease expires, in seconds. */
    waitSeconds: number;
}
/** Nothing is left to do. */
export interface TicketOver {
    /** `done`: the event is handled. `lost`: a later delivery has claimed it, or it is forgotten. */
    state: "done" | "lost";
}
/** The claim for a handler. */
export declare class HeldClaim implements WebhookClaim {
    /** The claim of an inbox has a connection. */
    constructor(claims: Claims, key: string, token: string, attempt: number, connection: unknown);
    get key(): string;
    get token(): string;
    get attempt(): number;
    get connection(): any;
    /** For the receiver. */
    get handedOver(): boolean;
    extend(seconds?: number): Promise<boolean>;
    handOver({ leaseSeconds }?: {
        leaseSeconds?: number | undefined;
    }): Promise<ClaimTicket>;
}
/** The claim for a queue's worker. */
export declare class ClaimOfTicket implements HandedOverClaim {
    constructor(claims: Claims, ticket: ClaimTicket);
    get key(): string;
    get ticket(): ClaimTicket;
    extend(seconds?: number): Promise<boolean>;
    complete(): Promise<boolean>;
    release(error?: unknown): Promise<boolean>;
}
