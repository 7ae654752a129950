import type { Payload, SignatureHeader } from "./arguments.js";
/** The native function of a verifier. */
export declare const NATIVE: unique symbol;
/** The method of a receiver that reads the body of a request. */
export declare const RECEIVE: unique symbol;
/** The native function of a router. */
export declare const ROUTE: unique symbol;
/** The steps of a store under their time limit. */
export declare const CLAIMS: unique symbol;
/** The method of a verifier that sets its clock, if it has one of its own. */
export declare const TICK: unique symbol;
/** Tells which class of this package an object has, also where another copy of the package made it. */
export declare const KIND: unique symbol;
/** A request, as an adapter passes it on. */
export interface Incoming {
    /** Left out if the router accepts only `POST`. */
    readonly method?: string | undefined;
    readonly contentLength: string | null | undefined;
    readonly transferEncoding: string | null | undefined;
    readonly signature: SignatureHeader;
    /** Reads at most this many bytes of the body. */
    readonly read: (limit: number) => Promise<Read> | Read;
}
/** A body, and how reading it ended: at its end or at the limit; the sender disconnected, or was too slow; other code had read it before. */
export type Read = readonly [body: Payload | undefined, end: "reached" | "broken" | "timed_out" | "consumed"];
