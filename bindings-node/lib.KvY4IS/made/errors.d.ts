import type { Description, Refusal } from "./boundary.js";
import type { ApiErrorCode } from "./manage/types.js";
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
export declare class WebhookError<Code extends string = ErrorCode | ApiErrorCode> extends Error {
    /** The stable name of the error, such as `signature_mismatch`. */
    readonly code: Code;
    /** The usual cause and the remedy. For the log, not for the caller. */
    readonly hint: string;
    /** For `invalid_json`: the position of the first problem in the payload, in UTF-8 bytes. Otherwise `null`. */
    readonly offset: number | null;
    /** For `invalid_event`: the invalid field as a JSON Pointer (RFC 6901); `""` is the payload itself. Otherwise `null`. */
    readonly pointer: string | null;
    constructor(message: string, { code, hint, offset, pointer }: WebhookErrorDetails<Code>);
}
/** The receiver is configured incorrectly; the sender cannot fix it. HTTP status 500. */
export declare class ConfigurationError extends WebhookError<ConfigurationErrorCode> {
}
/** The signature is missing, malformed or does not match the payload. HTTP status 400. */
export declare class SignatureVerificationError extends WebhookError<SignatureVerificationErrorCode> {
}
/** The payload is too large (HTTP status 413), not JSON, or not an event (400). */
export declare class InvalidPayloadError extends WebhookError<InvalidPayloadErrorCode> {
}
/** A genuine event that the options of the verifier rule out. HTTP status 400. */
export declare class EventRejectedError extends WebhookError<EventRejectedErrorCode> {
}
/**
 * Makes an exception of what the native half returns when the core rejects something (src/errors.rs).
 *
 * A forger can send many deliveries, so their exceptions are made in the cheapest way: by `Error` itself instead of the constructors.
 */
export declare function refusal(description: Refusal): WebhookError;
/** Whether the native half returned a refusal instead of an object. */
export declare function isRefusal(value: unknown): value is Refusal;
/** The same where the alternative is a list too, but does not begin with a string. */
export declare function isDescription(value: readonly unknown[]): value is Description;
/** An invalid argument that JavaScript checks itself. */
export declare function misuse(message: string, hint: string): ConfigurationError;
/** A function that only servers have. */
export declare function ofServers<Function>(native: Function | undefined): Function;
/** A misspelled option must not be ignored. */
export declare function checkNames(options: object, names: readonly string[], hint?: string): void;
/** The message shows only a name that looks like an identifier, and never a value. */
export declare function unknownOption(name: PropertyKey, hint: string): ConfigurationError;
/** Refuses an object that another copy of this package made: the two do not know each other's secrets, handlers and connections. */
export declare function refuseOtherCopy(value: unknown, parameter: string): void;
