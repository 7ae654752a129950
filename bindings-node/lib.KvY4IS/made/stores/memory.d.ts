import { WebhookStore, type WebhookStoreOptions } from "./store.js";
/**
 * Claims in the memory of one thread, for tests and small programs: other threads and processes do not see them, and a restart deletes them.
 *
 * The memory is bounded: when it is full, the event that would be forgotten first makes room.
 */
export declare class MemoryStore extends WebhookStore {
    /** @throws {ConfigurationError} `invalid_option` */
    constructor(options?: (WebhookStoreOptions & {
        /** The maximum number of remembered events, from 1 to 100 000 000. Default: 100 000. */
        capacity?: number | null | undefined;
        /** For tests: returns the time, in milliseconds, as `Date.now` does. Default: a clock that is never set. */
        clock?: (() => number) | null | undefined;
    }) | null);
    /** The number of remembered events. */
    get size(): number;
}
