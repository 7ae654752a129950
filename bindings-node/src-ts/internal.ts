// What the parts of this package say to each other, and nobody else can.

import type { Payload } from "./arguments.js";

/** The native functions of a verifier. */
export const NATIVE: unique symbol = Symbol("native");

/** The method of a receiver that reads the body itself, up to the limit. */
export const RECEIVE_FROM: unique symbol = Symbol("receiveFrom");

/** The method of a router that tells whether it has a handler for a type. */
export const HAS: unique symbol = Symbol("has");

/** The method of a store that has an event handled under a claim. */
export const PROCESS: unique symbol = Symbol("process");

/** What a store is set to, and its steps under their time limit. */
export const INNER: unique symbol = Symbol("inner");

/** Reads a body until `tooLarge` says so. Gives nothing when there is no more to come, or nobody wants it. */
export type Read = (tooLarge: (length: number) => boolean) => Promise<Content | undefined>;

/** A body, or `undefined` in its place when somebody else has had the bytes. */
export interface Content {
  readonly body: Payload | undefined;
}
