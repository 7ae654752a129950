/** The reason of the abort. */
export declare class HandlerTimeoutError extends Error {
    readonly name = "TimeoutError";
}
/** How a handler with a time limit ended. One that does not stop is abandoned: it goes on, and `running` settles with it. */
export type LimitedEnd = {
    readonly end?: "timed_out";
    readonly error?: unknown;
} | {
    readonly end: "abandoned";
    readonly error: unknown;
    readonly running: Promise<unknown>;
};
/** Calls a handler, and aborts its signal when it has taken so many seconds. What it throws before that is thrown. */
export declare function withinLimit(seconds: number, call: (signal: AbortSignal) => unknown): Promise<LimitedEnd>;
