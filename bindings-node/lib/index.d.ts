/**
 * Verify the webhooks of Payvost over their raw bytes, and read the event.
 *
 * @example
 * ```ts
 * import { verifyWebhook, WebhookError } from "@payvost/webhooks";
 *
 * app.post("/webhooks/payvost", express.raw({ type: "application/json" }), (req, res) => {
 *   try {
 *     const event = verifyWebhook(req.body, req.headers["payvost-signature"], process.env.WEBHOOK_SECRET);
 *     console.log(event.type, event.id);
 *     res.json({ received: true });
 *   } catch (error) {
 *     if (error instanceof WebhookError) console.error(error.code, error.hint);
 *     res.status(400).send("Invalid webhook");
 *   }
 * });
 * ```
 *
 * @module @payvost/webhooks
 */

import type { WebhookEvent } from "./events.js";

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

export * from "./events.js";
export * from "./receiver.js";
export * from "./router.js";
export type { ClaimTicket, WebhookClaim } from "./stores/index.js";

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

/**
 * Verifies one webhook. Short for a {@link WebhookVerifier} with this secret and the default options, which is faster when
 * there are many.
 *
 * @param payload The raw body.
 * @param signature The value of the `Payvost-Signature` header, or what stands in its place when it did not come.
 * @param secret The webhook secret, or several while it is being rotated, in any order. That of an unset environment
 *   variable is refused.
 * @returns The event.
 * @throws {ConfigurationError} `invalid_secret`, `payload_not_raw`
 * @throws {SignatureVerificationError} `missing_signature`, `malformed_signature`, `signature_mismatch`
 * @throws {InvalidPayloadError} `payload_too_large`, `invalid_json`, `invalid_event`
 */
export function verifyWebhook(
  payload: Payload,
  signature: SignatureHeader,
  secret: Secret | readonly Secret[] | null | undefined,
): WebhookEvent;

/**
 * Verifies webhooks with secrets and options that are checked once, when it is made. Make one when the program starts, and
 * share it: it never changes. It holds the secrets in a derived form that JavaScript cannot see.
 *
 * @example
 * ```ts
 * const verifier = new WebhookVerifier([newSecret, oldSecret], { expectLiveMode: true });
 * const event = verifier.verify(body, request.headers["payvost-signature"]);
 * ```
 */
export class WebhookVerifier {
  /**
   * @param secret The webhook secret, or several while it is being rotated, in any order. That of an unset environment
   *   variable is refused.
   * @throws {ConfigurationError} `invalid_secret`: there is none, or one of them is blank, has white space at an edge, or is an
   *   API key. `invalid_option`: an option does not exist, or has a value that it cannot have.
   */
  constructor(secret: Secret | readonly Secret[] | null | undefined, options?: WebhookVerifierOptions | null);

  /**
   * Verifies the signature over the raw payload, then reads and checks the event.
   *
   * @param payload The raw body.
   * @param signature The value of the `Payvost-Signature` header, or what stands in its place when it did not come.
   * @returns The event.
   * @throws {ConfigurationError} `payload_not_raw`
   * @throws {SignatureVerificationError} `missing_signature`, `malformed_signature`, `signature_mismatch`
   * @throws {InvalidPayloadError} `payload_too_large`, `invalid_json`, `invalid_event`
   * @throws {EventRejectedError} `live_mode_mismatch`, `event_too_old`, `event_in_future`
   */
  verify(payload: Payload, signature: SignatureHeader): WebhookEvent;

  /**
   * Verifies the signature alone and does not look into the payload.
   *
   * @param payload The raw body.
   * @param signature The value of the `Payvost-Signature` header, or what stands in its place when it did not come.
   * @throws {ConfigurationError} `payload_not_raw`
   * @throws {SignatureVerificationError} `missing_signature`, `malformed_signature`, `signature_mismatch`
   * @throws {InvalidPayloadError} `payload_too_large`
   */
  verifySignature(payload: Payload, signature: SignatureHeader): void;

  /**
   * Verifies the signature alone, and tells which secret made it. While a secret is being rotated, this shows when the old one
   * has gone out of use and can be retired.
   *
   * @param payload The raw body.
   * @param signature The value of the `Payvost-Signature` header, or what stands in its place when it did not come.
   * @returns The position of the secret among those that the verifier was made with, from 0.
   * @throws {ConfigurationError} `payload_not_raw`
   * @throws {SignatureVerificationError} `missing_signature`, `malformed_signature`, `signature_mismatch`
   * @throws {InvalidPayloadError} `payload_too_large`
   */
  matchingSecret(payload: Payload, signature: SignatureHeader): number;
}

/**
 * Signs a payload as the provider does, for tests and local senders.
 *
 * @param payload The body, of any length.
 * @param secret The webhook secret.
 * @returns The value for the `Payvost-Signature` header: 64 lowercase hexadecimal digits.
 * @throws {ConfigurationError} `invalid_secret`, `payload_not_raw`
 *
 * @example
 * ```ts
 * const body = JSON.stringify(event);
 * await fetch(url, { method: "POST", body, headers: { "Payvost-Signature": sign(body, secret) } });
 * ```
 */
export function sign(payload: Payload, secret: Secret): string;

/** The stable name of a reason for refusal, the same in every language. */
export type ErrorCode = ConfigurationErrorCode | SignatureVerificationErrorCode | InvalidPayloadErrorCode | EventRejectedErrorCode;

/** The codes of a {@link ConfigurationError}. */
export type ConfigurationErrorCode = "invalid_secret" | "invalid_option" | "payload_not_raw";

/** The codes of a {@link SignatureVerificationError}. */
export type SignatureVerificationErrorCode = "missing_signature" | "malformed_signature" | "signature_mismatch";

/** The codes of an {@link InvalidPayloadError}. */
export type InvalidPayloadErrorCode = "payload_too_large" | "invalid_json" | "invalid_event";

/** The codes of an {@link EventRejectedError}. */
export type EventRejectedErrorCode = "live_mode_mismatch" | "event_too_old" | "event_in_future";

/** What an error says beyond its message. */
export interface WebhookErrorDetails<Code extends ErrorCode = ErrorCode> {
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
 * Why a webhook, or the set-up of its verifier, was refused. Every error of this package is one of the four classes below.
 *
 * No property holds a part of the secret, of the computed signature or of the payload: `message` is for the caller, `hint`
 * for the log.
 *
 * The stack is short where strangers can cause as many as they like, which is with a wrong signature and with an old event: the two
 * calls of this package, and the two before them. A value of `Error.stackTraceLimit` that is not the usual 10 is kept to.
 */
export class WebhookError<Code extends ErrorCode = ErrorCode> extends Error {
  constructor(message: string, details: WebhookErrorDetails<Code>);
  /** The stable name of the reason, such as `signature_mismatch`. */
  readonly code: Code;
  /** What usually causes this and what to do about it. For the log, not for the caller. */
  readonly hint: string;
  /** For `invalid_json`: where in the payload the first problem is, in bytes of UTF-8 from its start. Otherwise `null`. */
  readonly offset: number | null;
  /** For `invalid_event`: the field at fault as a JSON Pointer (RFC 6901); `""` is the payload itself. Otherwise `null`. */
  readonly pointer: string | null;
}

/** The receiver is set up wrongly; nothing the sender does can help. HTTP status 500. */
export class ConfigurationError extends WebhookError<ConfigurationErrorCode> {}

/** The signature does not vouch for the payload. HTTP status 400. */
export class SignatureVerificationError extends WebhookError<SignatureVerificationErrorCode> {}

/** The payload is too large (HTTP status 413), not JSON, or not an event (400). */
export class InvalidPayloadError extends WebhookError<InvalidPayloadErrorCode> {}

/** A genuine event that the receiver asked not to get. HTTP status 400. */
export class EventRejectedError extends WebhookError<EventRejectedErrorCode> {}
