import { type Fault } from "./faults.js";
/** The part of `fetch` that the client uses: that of Node.js, of undici, or another one that returns the standard `Response`. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;
/** What the client passes to `fetch`. */
export interface FetchInit {
    /** `GET`, `POST`, `PATCH` or `DELETE`. */
    method: string;
    /** One of them holds the API key. */
    headers: Record<string, string>;
    /** JSON, if the request has a body. */
    body?: string;
    /** Redirects must not be followed: the request carries the API key. */
    redirect: "manual";
    /** Aborted at the time limit and when the call is cancelled. */
    signal: AbortSignal;
}
/** What the client reads of a response. */
export interface FetchResponse {
    /** The HTTP status. */
    readonly status: number;
    /** The headers of the response. */
    readonly headers: {
        /** A header by its name in any letter case. */
        get(name: string): string | null;
    };
    /** A stream of the web or of Node.js. */
    readonly body?: unknown;
    /** The whole body. It is used if there is no stream. */
    arrayBuffer?(): Promise<ArrayBuffer>;
}
/** A request as the core wants it sent. */
export interface Sent {
    readonly method: string;
    readonly url: string;
    /** Names and values in turn. */
    readonly headers: readonly string[];
    readonly body: string | null;
    /** In milliseconds, for the whole attempt. `null`: no limit. */
    readonly timeLimit: number | null;
    readonly maxBytes: number;
}
export type Answer = {
    readonly status: number;
    readonly headers: string[];
    readonly body: Uint8Array;
} | {
    readonly fault: Fault;
};
/** Sends a request. Never rejects, and leaves neither a timer nor a connection in use behind. */
export declare function send(fetch: Fetch | undefined, sent: Sent, wanted: readonly string[], signal: AbortSignal | undefined): Promise<Answer>;
