import { define } from "./own.js";

/**
 * The raw body of a request: the bytes as they came, or text that stands for its UTF-8 bytes. A `Buffer` is a `Uint8Array`.
 *
 * A body that was parsed already is refused with `payload_not_raw`: it cannot be turned back into the bytes that were signed.
 */
export type Payload = string | Uint8Array | ArrayBuffer;

/** A webhook secret, exactly as it was shown when the webhook was created: a `whsec_` prefix is part of it. */
export type Secret = string | Uint8Array;

/**
 * The value of the `Payvost-Signature` header. What Node.js gives for any header is accepted, so that a look-up can be passed
 * on as it is; only 64 lowercase hexadecimal digits can verify.
 */
export type SignatureHeader = string | readonly string[] | null | undefined;

/** What a {@link WebhookVerifier} checks beyond the signature and the form. `null` and `undefined` mean the default. */
export interface WebhookVerifierOptions {
  /**
   * Refuses events whose `createdAt` is further than this from now, back or ahead. In seconds, from 0 to 3 153 600 000 (100
   * years). Default: not checked.
   *
   * Retries keep `createdAt` for up to 96 min 5 s after the first attempt, so that less than 5765 refuses honest deliveries.
   * What stops a replay is remembering the event's `id`.
   */
  toleranceSeconds?: number | null | undefined;
  /** Refuses events whose `liveMode` is another. Default: both are accepted. */
  expectLiveMode?: boolean | null | undefined;
  /** Refuses longer payloads before anything is hashed or copied. In bytes, from 1 to 268 435 455. Default: 1 048 576. */
  maxPayloadBytes?: number | null | undefined;
}

const NAMES: readonly PropertyKey[] = ["toleranceSeconds", "expectLiveMode", "maxPayloadBytes"] satisfies (keyof WebhookVerifierOptions)[];

/**
 * The secrets in a form in which the native half can read them without running code of the caller: a string, or an array
 * of our own. What cannot be read is no secret, and `undefined`.
 */
export function readSecrets(secrets: unknown): unknown {
  if (typeof secrets === "string") return secrets;
  try {
    return Array.isArray(secrets) ? copyUpToGap(secrets) : [secrets];
  } catch {
    return undefined;
  }
}

/** Stops after the first entry that is missing: it spoils the list, however long that says that it is. */
function copyUpToGap(array: readonly unknown[]): unknown[] {
  const copy: unknown[] = [];
  for (let index = 0; index < array.length; index++) {
    const value = array[index];
    define(copy, index, value);
    if (value == null) break;
  }
  return copy;
}

/** The values of the options, and whether all of them exist. A misspelt safeguard must not be ignored. */
export function readOptions(options: unknown): unknown[] {
  if (options == null) return [undefined, undefined, undefined, true];
  try {
    if (!isPlainObject(options)) return [];
    const values = NAMES.map((name) => (Object.hasOwn(options, name) ? options[name] : undefined));
    return [...values, Reflect.ownKeys(options).every((key) => NAMES.includes(key))];
  } catch {
    return []; // a getter or a proxy refused
  }
}

/** Also one of another realm, whose `Object.prototype` is not ours. */
function isPlainObject(value: {}): value is Record<PropertyKey, unknown> {
  if (typeof value !== "object" || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
