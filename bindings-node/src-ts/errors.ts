import { native } from "./native.js";
import { KIND } from "./internal.js";
import type { Description, Refusal } from "./boundary.js";
import type { ApiErrorCode } from "./manage/types.js";

const { isArray } = Array;
const { setPrototypeOf } = Object;

/** The stable name of an error, the same in every language. */
export type ErrorCode = ConfigurationErrorCode | SignatureVerificationErrorCode | InvalidPayloadErrorCode | EventRejectedErrorCode;

/** The codes of a {@link ConfigurationError}. `out_of_memory` is not a verdict: this process could not allocate memory. */
export type ConfigurationErrorCode = "invalid_secret" | "invalid_option" | "payload_not_raw" | "out_of_memory";

/** The codes of a {@link SignatureVerificationError}. */
export type SignatureVerificationErrorCode = "missing_signature" | "malformed_signature" | "signature_mismatch";

/** The codes of an {@link InvalidPayloadError}. */
export type InvalidPayloadErrorCode = "payload_too_large" | "invalid_json" | "invalid_event";

/** The codes of an {@link EventRejectedError}. */
export type EventRejectedErrorCode = "live_mode_mismatch" | "event_too_old" | "event_in_future";

/** The properties of an error besides its message. */
export interface WebhookErrorDetails<Code extends string = ErrorCode | ApiErrorCode> {
  /** Becomes {@link WebhookError.code}. */
  code: Code;
  /** Becomes {@link WebhookError.hint}. */
  hint: string;
  /** Becomes {@link WebhookError.offset}. */
  offset?: number | null;
  /** Becomes {@link WebhookError.pointer}. */
  pointer?: string | null;
}

/**
 * Why a webhook, or the configuration of its verifier, was rejected. Every error of this package belongs to one of the four classes below.
 *
 * No property holds any part of the secret, the computed signature or the payload. `message` is for the caller, `hint` for the log.
 */
export class WebhookError<Code extends string = ErrorCode | ApiErrorCode> extends Error {
  /** The stable name of the error, such as `signature_mismatch`. */
  declare readonly code: Code;
  /** The usual cause and the remedy. For the log, not for the caller. */
  declare readonly hint: string;
  /** For `invalid_json`: the position of the first problem in the payload, in UTF-8 bytes. Otherwise `null`. */
  declare readonly offset: number | null;
  /** For `invalid_event`: the invalid field as a JSON Pointer (RFC 6901); `""` is the payload itself. Otherwise `null`. */
  declare readonly pointer: string | null;

  constructor(message: string, { code, hint, offset = null, pointer = null }: WebhookErrorDetails<Code>) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.offset = offset;
    this.pointer = pointer;
  }
}

/** The receiver is configured incorrectly; the sender cannot fix it. HTTP status 500. */
export class ConfigurationError extends WebhookError<ConfigurationErrorCode> {}

/** The signature is missing, malformed or does not match the payload. HTTP status 400. */
export class SignatureVerificationError extends WebhookError<SignatureVerificationErrorCode> {}

/** The payload is too large (HTTP status 413), not JSON, or not an event (400). */
export class InvalidPayloadError extends WebhookError<InvalidPayloadErrorCode> {}

/** A genuine event that the options of the verifier rule out. HTTP status 400. */
export class EventRejectedError extends WebhookError<EventRejectedErrorCode> {}

const classes: Record<string, typeof WebhookError<any>> = {
  WebhookError,
  ConfigurationError,
  SignatureVerificationError,
  InvalidPayloadError,
  EventRejectedError,
};

for (const [name, { prototype }] of Object.entries(classes)) {
  Object.defineProperty(prototype, "name", { value: name, writable: true, configurable: true });
}

// So that what an exception is given is its own, even where other code has put a setter with that name on Object.prototype.
for (const name of ["code", "hint", "offset", "pointer"]) {
  Object.defineProperty(WebhookError.prototype, name, { value: undefined, writable: true, configurable: true });
}

interface Brief {
  readonly message: string;
  readonly prototype: WebhookError;
  readonly code: ErrorCode;
  readonly hint: string;
}

/** The parts of the exceptions that the native half identifies by a number. */
const briefs: Brief[] = [];

/** An error whose properties are not set yet. */
type Unfinished = { -readonly [Name in keyof WebhookError]: WebhookError[Name] };

/**
 * Makes an exception of what the native half returns when the core rejects something (src/errors.rs).
 *
 * A forger can send many deliveries, so their exceptions are made in the cheapest way: of an `Error` with the message of {@link messageOf}, which
 * the caller makes, because then its stack begins with the caller.
 */
export function refusal(description: Refusal, error?: Error): WebhookError {
  if (typeof description !== "number") return described(description);
  const { message, prototype, code, hint } = briefOf(description);
  const made = (error ?? Error(message)) as Unfinished;
  setPrototypeOf(made, prototype);
  made.code = code;
  made.hint = hint;
  made.offset = null;
  made.pointer = null;
  return made;
}

/** The message of a refusal that is a number. */
export function messageOf(number: number): string {
  return briefOf(number).message;
}

function briefOf(number: number): Brief {
  return (briefs[~number] ??= readBrief(~number));
}

function readBrief(number: number): Brief {
  const [name, code, message, hint] = native.describeBrief(number);
  return { message, prototype: classOf(name).prototype, code: code as ErrorCode, hint };
}

function described([name, code, message, hint, offset, pointer]: Description): WebhookError {
  return new (classOf(name))(message, { code: code as ErrorCode, hint, offset: offset ?? null, pointer: pointer ?? null });
}

function classOf(name: string): typeof WebhookError {
  return classes[name] ?? WebhookError;
}

/** Whether the native half returned a refusal instead of an object. */
export function isRefusal(value: unknown): value is Refusal {
  return typeof value === "number" || isArray(value);
}

/** The same where the alternative is a list too, but does not begin with a string. */
export function isDescription(value: readonly unknown[]): value is Description {
  return typeof value[0] === "string";
}

/** An invalid argument that JavaScript checks itself. */
export function misuse(message: string, hint: string): ConfigurationError {
  return new ConfigurationError(message, { code: "invalid_option", hint });
}

/** A function that only servers have. */
export function ofServers<Function>(native: Function | undefined): Function {
  if (native !== undefined) return native;
  throw misuse("this is not part of the package for browsers and edge runtimes", "Use it on a server: in Node.js, Bun or Deno.");
}

/** A misspelled option must not be ignored. */
export function checkNames(options: object, names: readonly string[], hint = `The options are ${names.join(", ")}.`): void {
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined) throw unknownOption(unknown, hint);
}

/** The message shows only a name that looks like an identifier, and never a value. */
export function unknownOption(name: PropertyKey, hint: string): ConfigurationError {
  const text = String(name);
  return misuse(/^\w{1,64}$/.test(text) ? `unknown option \`${text}\`` : "unknown option", hint);
}

/** Refuses an object that another copy of this package made: the two do not know each other's secrets, handlers and connections. */
export function refuseOtherCopy(value: unknown, parameter: string): void {
  const kind: unknown = typeof value === "object" && value !== null ? (value as { [KIND]?: unknown })[KIND] : undefined;
  if (typeof kind !== "string") return;
  throw misuse(
    `${parameter} is a ${kind} of another copy of @payvost/webhooks`,
    "The package is loaded twice: 'npm ls @payvost/webhooks' shows installed copies. A bundle has one of its own unless the package stays out of it, " +
      "and so does each registry of modules in Jest.",
  );
}
