import type { Fault } from "./faults.js";
import type { Fetch } from "./transport.js";
/** Options of a {@link Payvost} client. `null` and `undefined` mean the default. */
export interface PayvostOptions {
    /** A secret API key: `sk_test_…` for the sandbox, `sk_live_…` for production. `undefined`, as from an unset environment variable, is rejected. */
    apiKey: string | null | undefined;
    /** Follows from the key. A contradiction is rejected, so that a test never reaches production. */
    environment?: "sandbox" | "production" | null | undefined;
    /** The URL of a local sandbox or a proxy, instead of Payvost's API. */
    baseUrl?: string | null | undefined;
    /** How long an attempt may take, in seconds, from 0.001 to 3600. Default: 30. */
    timeoutSeconds?: number | null | undefined;
    /** How long a call may take with its retries and pauses, in seconds, from 0.001 to 3600. Default: 120. */
    deadlineSeconds?: number | null | undefined;
    /** How often a call is retried, from 0 to 10. Default: 2. */
    maxRetries?: number | null | undefined;
    /**
     * Sends the requests. It must pass on `redirect` and `signal`. Default: the global `fetch`. To use a proxy or your own certificates, pass
     * undici's `fetch` with a dispatcher.
     */
    fetch?: Fetch | null | undefined;
    /** Called before each attempt, for metrics. An error that it throws is ignored. */
    onRequest?: ((request: ApiRequestInfo) => unknown) | null | undefined;
    /** Called after each attempt, for metrics. An error that it throws is ignored. */
    onResponse?: ((response: ApiResponseInfo) => unknown) | null | undefined;
}
/** Options of one call. `null` and `undefined` mean the setting of the client. */
export interface CallOptions {
    /** How long an attempt may take, in seconds, from 0.001 to 3600. */
    timeoutSeconds?: number | null | undefined;
    /** How long the call may take with its retries and pauses, in seconds, from 0.001 to 3600. */
    deadlineSeconds?: number | null | undefined;
    /** How often the call is retried, from 0 to 10. */
    maxRetries?: number | null | undefined;
    /** Retries a `POST` even if Payvost may have carried it out. Only set it if doing it twice is harmless. */
    idempotent?: boolean | null | undefined;
    /** The `Idempotency-Key` of a `POST`: 1 to 255 visible ASCII characters. Default: a random one, the same in all attempts. */
    idempotencyKey?: string | null | undefined;
    /** Cancels the call. It then rejects with the reason of the signal. */
    signal?: AbortSignal | null | undefined;
    /** Returns the request, with the API key redacted, and sends nothing. */
    dryRun?: boolean | null | undefined;
}
/** What a call with these options resolves to: the request if it is a dry run. */
export type ResultOf<Options, Result> = Options extends {
    dryRun: true;
} ? DryRun : Result;
/** A request that a dry run did not send. */
export interface DryRun {
    /** The HTTP method. */
    method: string;
    /** The whole URL. */
    url: string;
    /** The API key is redacted. */
    headers: {
        [name: string]: string;
    };
    /** The parsed body, or `null` if there is none. */
    body: unknown;
}
/**
 * A call that has not begun: nothing is sent before it is awaited.
 *
 * It is a promise of its result. Awaiting it again returns the same result.
 */
export interface ApiCall<Result> extends Promise<Result> {
    /** Makes the call, and returns the result together with the request id, the rate limit and the number of attempts. */
    withResponse(): Promise<{
        data: Result;
        response: ApiResponse;
    }>;
}
/**
 * The call for a list: await it for one page, or iterate over all entries of all pages with `for await`. Nothing is sent before that, and each
 * page is requested when it is needed.
 */
export interface PageCall<Entry> extends ApiCall<Page<Entry>>, AsyncIterable<Entry> {
}
/** A page of a list. Iterating over it yields its entries, and then those of the pages that follow. */
export interface Page<Entry> extends AsyncIterable<Entry> {
    /** The entries of this page. */
    data: Entry[];
    /** How many entries all pages hold together. `null` if Payvost did not say. */
    total: number | null;
    /** Payvost's id of the request. */
    readonly requestId: string | null;
    /** The rate limit that the response stated. */
    readonly rateLimit: RateLimit;
    /** Whether there may be another page. */
    readonly hasNextPage: boolean;
    /** Requests the next page, with the same options. Returns `null` after the last page. */
    nextPage(): Promise<Page<Entry> | null>;
}
/** What is known about a response, besides its body. */
export interface ApiResponse {
    /** The HTTP status. `null` if there was no response. */
    status: number | null;
    /** Payvost's id of the request. */
    requestId: string | null;
    /** The rate limit that the response stated. */
    rateLimit: RateLimit;
    /** How many requests the call took. */
    attempts: number;
}
/** The rate limit as the response stated it. `null` where it did not. */
export interface RateLimit {
    /** `X-RateLimit-Limit`: how many requests are allowed in a period. */
    limit: number | null;
    /** `X-RateLimit-Remaining`: how many are left. */
    remaining: number | null;
    /** `X-RateLimit-Reset`, unchanged. */
    reset: number | null;
}
/** An attempt that is about to be sent. */
export interface ApiRequestInfo {
    /** Such as `webhooks.create`. */
    operation: string;
    /** The HTTP method. */
    method: string;
    /** The path with the webhook's id, without the query. */
    path: string;
    /** From 1. */
    attempt: number;
}
/** An attempt that has ended. */
export interface ApiResponseInfo extends ApiRequestInfo {
    /** The status of the response. `null` if there was none. */
    status: number | null;
    /** Why there was no response, otherwise `null`. */
    fault: Fault | null;
    /** How long the attempt took, in seconds. */
    durationSeconds: number;
    /** Payvost's id of the request. */
    requestId: string | null;
}
