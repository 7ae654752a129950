// What the parts of this package say to each other, and nobody else can.

import type { Payload, SignatureHeader } from "./arguments.js";

/** The native function of a verifier. */
export const NATIVE: unique symbol = Symbol("native");

/** The method of a receiver that has the body read. */
export const RECEIVE: unique symbol = Symbol("receive");

/** The native function of a router. */
export const ROUTE: unique symbol = Symbol("route");

/** The steps of a store under their time limit. */
export const CLAIMS: unique symbol = Symbol("claims");

/** A request as an adapter has it. */
export interface Incoming {
  /** Left out where a router has let only the right one pass. */
  readonly method?: string | undefined;
  readonly contentLength: string | null | undefined;
  readonly transferEncoding: string | null | undefined;
  readonly signature: SignatureHeader;
  /** Reads so many bytes of the body at the most. */
  read(limit: number): Promise<Read> | Read;
}

/** A body, and how reading it ended: at its end or at the limit; the sender broke off, or was too slow; somebody else has had the bytes. */
export type Read = readonly [body: Payload | undefined, end: "reached" | "broken" | "timed_out" | "consumed"];
