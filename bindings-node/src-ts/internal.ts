// Shared by the modules of this package, and not reachable from outside.

import type { Payload, SignatureHeader } from "./arguments.js";

/** The native function of a verifier. */
export const NATIVE: unique symbol = Symbol("native");

/** The method of a receiver that reads the body of a request. */
export const RECEIVE: unique symbol = Symbol("receive");

/** The native function of a router. */
export const ROUTE: unique symbol = Symbol("route");

/** The steps of a store under their time limit. */
export const CLAIMS: unique symbol = Symbol("claims");

/** The method of a verifier that sets its clock, if it has one of its own. */
export const TICK: unique symbol = Symbol("tick");

/** Tells which class of this package an object has, also where another copy of the package made it. */
export const KIND: unique symbol = Symbol.for("@payvost/webhooks");

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
