/**
 * Tools for testing your handlers: the documented events, requests with a valid signature, and a local Payvost.
 *
 * @module @payvost/webhooks/testing
 */

import { native } from "./native.js";
import type { Secret } from "./arguments.js";
import { misuse } from "./errors.js";
import type { KnownEventType, WebhookEventMap } from "./events.js";
import { hexOf, randomBytes } from "./random.js";
import { sign } from "./verifier.js";

export { startSandbox, type PublishedEvent, type PublishOptions, type Sandbox, type SandboxOptions, type SandboxTime, type SandboxTotals } from "./sandbox.js";

/** Some of the fields, at any depth, and fields that an event may get in the future. */
export type Overrides<Event> = { [Field in Exclude<keyof Event, "type">]?: PartialAtAnyDepth<Event[Field]> } & {
  /** Another type, for an event of an undocumented type. */
  type?: string;
  [field: string]: unknown;
};

/** Some of the fields of a value, at any depth. */
export type PartialAtAnyDepth<Value> = Value extends readonly unknown[]
  ? Value
  : Value extends object
    ? { [Field in keyof Value]?: PartialAtAnyDepth<Value[Field]> } & { [field: string]: unknown }
    : Value;

/**
 * Returns a documented event with all documented fields, the same each time unless you ask for a `fresh` one: for receivers that reject old events, or
 * remember an event's id.
 *
 * @param type The type, such as `payment.succeeded`.
 * @param overrides Fields to change. Objects are merged at any depth; other values are replaced.
 * @throws {ConfigurationError} `invalid_option`: the type is not documented.
 *
 * @example
 * ```ts
 * const event = sampleEvent("payment.succeeded", { id: "evt_7", data: { amount: "12.50" } });
 * ```
 */
export function sampleEvent<Type extends KnownEventType>(
  type: Type,
  overrides?: Overrides<WebhookEventMap[Type]>,
  options?: {
    /** Gives the event an id of its own, and the current time as its `createdAt`. */
    fresh?: boolean | undefined;
  },
): WebhookEventMap[Type] {
  const text = native.sampleEvent(type);
  if (text === undefined) {
    throw misuse("type must be a documented event type", "For another type, override it: sampleEvent(documentedType, { type: … }).");
  }
  const own = options?.fresh ? { id: `evt_${hexOf(randomBytes(12))}`, createdAt: new Date().toISOString() } : {};
  return merged({ ...JSON.parse(text), ...own }, overrides ?? {}) as WebhookEventMap[Type];
}

/** A delivery as Payvost would send it: what to `POST`. */
export interface SignedRequest<Body extends string | Uint8Array = string> {
  /** The signed bytes. Send them unchanged. */
  body: Body;
  /** The headers to send with it. */
  headers: {
    /** Payvost sends JSON. */
    "Content-Type": "application/json";
    /** 64 lowercase hexadecimal digits. */
    "Payvost-Signature": string;
  };
}

/**
 * Signs an event as Payvost does.
 *
 * @param event The event, or a raw body, which may be invalid.
 * @param secret The webhook secret of the receiver under test.
 * @throws {ConfigurationError} `invalid_secret`
 *
 * @example
 * ```ts
 * const { body, headers } = signedRequest(sampleEvent("wallet.frozen"), secret);
 * const response = await fetch(url, { method: "POST", body, headers });
 * ```
 */
export function signedRequest<Body extends Uint8Array>(event: Body, secret: Secret): SignedRequest<Body>;
export function signedRequest(event: ArrayBuffer | ArrayBufferView, secret: Secret): SignedRequest<Uint8Array>;
export function signedRequest(event: string | object, secret: Secret): SignedRequest;
export function signedRequest(event: string | object, secret: Secret): SignedRequest<string | Uint8Array> {
  const body = bodyOf(event);
  return { body, headers: { "Content-Type": "application/json", "Payvost-Signature": sign(body, secret) } };
}

/** Bytes and texts as they are, anything else as JSON. */
function bodyOf(event: string | object): string | Uint8Array {
  if (typeof event === "string" || event instanceof Uint8Array) return event;
  if (ArrayBuffer.isView(event)) return new Uint8Array(event.buffer, event.byteOffset, event.byteLength);
  return event instanceof ArrayBuffer ? new Uint8Array(event) : JSON.stringify(event);
}

/** Objects are merged at any depth; other values are replaced. */
function merged(value: unknown, override: unknown): unknown {
  if (!isObject(value) || !isObject(override)) return override;
  const parts = Object.entries(override);
  const replaced = parts.map(([key, part]) => [key, Object.hasOwn(value, key) ? merged(value[key], part) : part]);
  return Object.fromEntries([...Object.entries(value), ...replaced]);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
