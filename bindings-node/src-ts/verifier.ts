import native = require("./native.js");
import { readOptions, readSecrets, type Payload, type Secret, type SignatureHeader, type WebhookVerifierOptions } from "./arguments.js";
import type { Description, Verify } from "./boundary.js";
import { isRefusal, refusal } from "./errors.js";
import type { WebhookEvent } from "./events.js";
import { NATIVE } from "./internal.js";
import { build } from "./values.js";

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
): WebhookEvent {
  const event = native.verifyWebhook(payload, signature, readSecrets(secret), build);
  if (isRefusal(event)) throw refusal(event);
  return event;
}

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
  readonly #verify: Verify;

  /**
   * @param secret The webhook secret, or several while it is being rotated, in any order. That of an unset environment
   *   variable is refused.
   * @throws {ConfigurationError} `invalid_secret`: there is none, or one of them is blank, has white space at an edge, or is an
   *   API key. `invalid_option`: an option does not exist, or has a value that it cannot have.
   */
  constructor(secret: Secret | readonly Secret[] | null | undefined, options?: WebhookVerifierOptions | null) {
    const verify = native.createVerifier(readSecrets(secret), ...readOptions(options));
    if (isRefusal(verify)) throw refusal(verify);
    this.#verify = verify;
  }

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
  verify(payload: Payload, signature: SignatureHeader): WebhookEvent {
    const event = this.#verify(payload, signature, build);
    if (isRefusal(event)) throw refusal(event);
    return event;
  }

  /**
   * Verifies the signature alone and does not look into the payload.
   *
   * @param payload The raw body.
   * @param signature The value of the `Payvost-Signature` header, or what stands in its place when it did not come.
   * @throws {ConfigurationError} `payload_not_raw`
   * @throws {SignatureVerificationError} `missing_signature`, `malformed_signature`, `signature_mismatch`
   * @throws {InvalidPayloadError} `payload_too_large`
   */
  verifySignature(payload: Payload, signature: SignatureHeader): void {
    checked(this.#verify(payload, signature));
  }

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
  matchingSecret(payload: Payload, signature: SignatureHeader): number {
    return checked(this.#verify(payload, signature));
  }

  /** @internal For `WebhookReceiver`, which wants more than `verify` returns. */
  get [NATIVE](): Verify {
    return this.#verify;
  }
}

/** The position of a secret, if it is one. */
function checked(position: number | Description): number {
  if (typeof position !== "number" || position < 0) throw refusal(position);
  return position;
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
export function sign(payload: Payload, secret: Secret): string {
  const signature = native.sign(payload, secret);
  if (typeof signature !== "string") throw refusal(signature);
  return signature;
}
