import { misuse } from "./errors.js";
import { define } from "./own.js";

/**
 * The raw body of a request: the bytes as they arrived, or a string that stands for its UTF-8 bytes. A `Buffer` is a `Uint8Array`.
 *
 * A parsed body is rejected with `payload_not_raw`: the signed bytes cannot be recovered from it.
 */
export type Payload = string | Uint8Array | ArrayBuffer;

/** A webhook secret, exactly as shown when the webhook was created, including a `whsec_` prefix. */
export type Secret = string | Uint8Array;

/**
 * The value of the `Payvost-Signature` header, as Node.js returns it. Any header value is accepted here, but only 64 lowercase hexadecimal
 * digits can verify.
 */
export type SignatureHeader = string | readonly string[] | null | undefined;

/** Options of a {@link WebhookVerifier}. `null` and `undefined` mean the default. */
export interface WebhookVerifierOptions {
  /**
   * Rejects events whose `createdAt` is further than this from now, in the past or the future. In seconds, from 0 to 3 153 600 000 (100
   * years). Default: not checked.
   *
   * Retries keep `createdAt` for up to 96 min 5 s after the first attempt, so a value below 5765 rejects genuine deliveries. To stop replays,
   * remember the event's `id`.
   */
  toleranceSeconds?: number | null | undefined;
  /** Rejects events with the other `liveMode`. Default: both are accepted. */
  expectLiveMode?: boolean | null | undefined;
  /** Rejects longer payloads before they are hashed or copied. In bytes, from 1 to 268 435 455. Default: 1 048 576. */
  maxPayloadBytes?: number | null | undefined;
  /** For tests: returns the time for `toleranceSeconds`, in milliseconds since 1970, as `Date.now` does. Default: the system's clock. */
  clock?: (() => number) | null | undefined;
}

const NAMES: readonly PropertyKey[] = ["toleranceSeconds", "expectLiveMode", "maxPayloadBytes"] satisfies (keyof WebhookVerifierOptions)[];

/**
 * The secrets in a form that the native half can read without running code of the caller: a string, or an array made here. `undefined`
 * stands for secrets that cannot be read.
 */
export function readSecrets(secrets: unknown): unknown {
  if (typeof secrets === "string") return secrets;
  try {
    return Array.isArray(secrets) ? copyUpToGap(secrets) : [secrets];
  } catch {
    return undefined;
  }
}

/** Stops after the first missing entry: it makes the list invalid, and `length` may claim any number. */
function copyUpToGap(array: readonly unknown[]): unknown[] {
  const copy: unknown[] = [];
  for (let index = 0; index < array.length; index++) {
    const value = array[index];
    define(copy, index, value);
    if (value == null) break;
  }
  return copy;
}

/** The values of the options and whether they could be read, for the native half, and the name of an option that does not exist. */
export function readOptions(options: unknown): { values: unknown[]; unknown?: PropertyKey | undefined } {
  if (options == null) return { values: [undefined, undefined, undefined, true] };
  try {
    if (!isPlainObject(options)) return { values: [] };
    const values = NAMES.map((name) => (Object.hasOwn(options, name) ? options[name] : undefined));
    return { values: [...values, true], unknown: Reflect.ownKeys(options).find((key) => !NAMES.includes(key) && key !== "clock") };
  } catch {
    return { values: [] }; // a getter or a proxy threw
  }
}

/** Also true for an object of another realm, which has its own `Object.prototype`. */
function isPlainObject(value: {}): value is Record<PropertyKey, unknown> {
  if (typeof value !== "object" || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The option `clock`, of a verifier or a store. */
export function readClock(clock: unknown): (() => number) | undefined {
  if (clock == null) return undefined;
  if (typeof clock !== "function") throw misuse("clock must be a function", "Pass one that returns milliseconds since 1970, such as Date.now.");
  return () => {
    const now: unknown = clock();
    if (typeof now === "number" && now >= 0 && now <= MAX_TIME) return Math.floor(now);
    throw misuse("clock must return milliseconds since 1970", "Return a number, as Date.now does.");
  };
}

/** The last time that a `Date` can hold. */
const MAX_TIME = 8.64e15;
