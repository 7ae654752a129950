/** An event that was claimed and not handled. It is listed from its first failure until it is handled, discarded or forgotten. */
export interface DeadLetter {
    /** The key of its claim, for `receiver.retry(key)`. */
    key: string;
    /** The event's type. */
    eventType: string;
    /**
     * `failed`: the handler failed. `abandoned`: the lease has expired without a result from its worker. `parked`: the handler committed the
     * transaction of an inbox itself, so only `receiver.retry(key)` runs it again.
     */
    reason: "failed" | "abandoned" | "parked";
    /** How often the event was tried. */
    attempts: number;
    /** The class name of the last error from the handler. */
    error: string | null;
    /** How long it has been a dead letter, in seconds. */
    ageSeconds: number;
}
/** A stored delivery. */
export interface KeptDelivery {
    /** The raw body. */
    payload: Uint8Array;
    /** The signature. */
    signature: string;
}
/** The data for a claim. Times are in milliseconds. */
export interface ClaimStep {
    /** The key of the claim. */
    key: string;
    /** The SHA-256 hash of the body, which distinguishes two events with the same id. */
    fingerprint: string;
    /** The worker's random token for this claim. */
    token: string;
    /** How long the claim holds. */
    lease: number;
    /** How long the event is remembered. */
    remember: number;
    /** The event's type, for the list of dead letters. */
    eventType: string;
    /** The body to store, or `null`. */
    payload: Uint8Array | null;
    /** The signature to store, or `null`. */
    signature: string | null;
    /** The key of the list of open claims. */
    openKey: string;
    /** Whether this is a retry by key, which claims the event even if it is parked. */
    retry?: boolean | undefined;
}
/**
 * The result of a completion in an inbox. `completed`: committed. `lost`: the claim belongs to another worker. `committed`, `rolled_back`: the handler
 * ended the transaction itself. `aborted`: the handler left the transaction aborted.
 */
export type Completion = "completed" | "lost" | "committed" | "rolled_back" | "aborted";
/** The time limit of a step. */
export interface StepTime {
    /** Aborted when the time limit is over. */
    readonly signal: AbortSignal;
}
/**
 * The steps of a custom store. Each must be atomic and use the store's clock. {@link MemoryStore} is the reference for what each does.
 */
export interface ClaimSteps {
    /**
     * Whether these are the steps of an inbox, whose claim shares a transaction with the handler's writes: `claim` begins it, `complete` commits
     * it, and `release` rolls it back and records the failure in a transaction of its own. When the signal is aborted, `claim` rolls back.
     */
    readonly inbox?: boolean | undefined;
    /**
     * Claims an event. Replies `["claimed", attempt]`, `["in_progress", milliseconds left]`, `["done", 0]`, `["conflict", 0]` if the fingerprint
     * differs, or `["parked", 0]` unless it is a retry. Calling it again with the same token while the claim holds returns the same reply. Any
     * other reply counts as a failure of the store. An inbox adds the connection for the handler.
     */
    claim(step: ClaimStep, time: StepTime): Promise<[word: string, number: number, connection?: unknown]>;
    /** Extends the lease from now. Here and below, returns `true` if the claim belongs to the worker with this token. */
    extend(step: Pick<ClaimStep, "key" | "token" | "lease" | "openKey">, time: StepTime): Promise<boolean>;
    /** Marks the event as done, and deletes the stored delivery. */
    complete(step: Pick<ClaimStep, "key" | "token" | "remember" | "openKey">, time: StepTime): Promise<boolean | Completion>;
    /** Records the failure, so that the event can be claimed again. */
    release(step: Pick<ClaimStep, "key" | "token" | "remember" | "openKey"> & {
        error: string;
    }, time: StepTime): Promise<boolean>;
    /**
     * Takes a claim that was handed over. Replies `["claimed", attempt]`; `["in_progress", milliseconds left]` if another worker has taken the same
     * ticket; `["done", 0]`; `["lost", 0]` if a later delivery has claimed the event. `token` begins with `ticket`, the token of the claim.
     */
    take?(step: Pick<ClaimStep, "key" | "token" | "lease" | "remember" | "openKey"> & {
        ticket: string;
    }, time: StepTime): Promise<[word: string, number: number]>;
    /** Discards a dead letter: it counts as done, and its delivery is deleted. Returns `false` if the key is not that of a dead letter. */
    discard?(step: Pick<ClaimStep, "key" | "remember" | "openKey">, time: StepTime): Promise<boolean>;
    /** The events that failed or whose lease has expired, oldest first. */
    deadLetters(step: {
        limit: number;
        openKey: string;
    }, time: StepTime): Promise<DeadLetter[]>;
    /** The delivery stored with the claim, or `null`. */
    delivery(step: {
        key: string;
        openKey: string;
    }, time: StepTime): Promise<KeptDelivery | null | undefined>;
}
