import { native } from "./native.js";
import { readClock, readOptions, readSecrets, type Payload, type Secret, type SignatureHeader, type WebhookVerifierOptions } from "./arguments.js";
import type { Description, Verify } from "./boundary.js";
import { isRefusal, messageOf, refusal, unknownOption } from "./errors.js";
import type { WebhookEvent } from "./events.js";
import { KIND, NATIVE, TICK } from "./internal.js";
import { shortError } from "./short-stack.js";
import { build } from "./values.js";

/**
 * Verifies one webhook with the default options. To verify many, make a {@link WebhookVerifier} once: it is faster.
 *
 * @param payload The raw body.
 * @param signature The value of the `Payvost-Signature` header, or `undefined` if the header is missing.
 * @param secret The webhook secret, or several during a rotation, in any order. `undefined`, as from an unset environment variable, is
 *   rejected.
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
  if (typeof event === "number") throw refusal(event, shortError()(messageOf(event)));
  if (isRefusal(event)) throw refusal(event);
  return event;
}

/**
 * Verifies webhooks. The secrets and options are checked once, by the constructor. Make one verifier when the program starts, and share it: it
 * never changes. It holds the secrets in a derived form that JavaScript cannot read.
 *
 * @example
 * ```ts
 * const verifier = new WebhookVerifier([newSecret, oldSecret], { expectLiveMode: true });
 * const event = verifier.verify(body, request.headers["payvost-signature"]);
 * ```
 */
export class WebhookVerifier {
  readonly #verify: Verify;
  readonly #clock: (() => number) | undefined;

  /**
   * @param secret The webhook secret, or several during a rotation, in any order. `undefined`, as from an unset environment variable, is
   *   rejected.
   * @throws {ConfigurationError} `invalid_secret`: a secret is missing, blank, an API key, or starts or ends with whitespace.
   *   `invalid_option`: an option is unknown, or its value is invalid.
   */
  constructor(secret: Secret | readonly Secret[] | null | undefined, options?: WebhookVerifierOptions | null) {
    const { values, unknown } = readOptions(options);
    const verify = native.createVerifier(readSecrets(secret), ...values);
    if (isRefusal(verify)) throw refusal(verify);
    if (unknown !== undefined) throw unknownOption(unknown, "Check the spelling: a misspelled option would protect nothing.");
    this.#clock = readClock(options?.clock);
    this.#verify = verify;
  }

  /**
   * Verifies the signature over the raw payload, then reads and checks the event.
   *
   * @param payload The raw body.
   * @param signature The value of the `Payvost-Signature` header, or `undefined` if the header is missing.
   * @returns The event.
   * @throws {ConfigurationError} `payload_not_raw`
   * @throws {SignatureVerificationError} `missing_signature`, `malformed_signature`, `signature_mismatch`
   * @throws {InvalidPayloadError} `payload_too_large`, `invalid_json`, `invalid_event`
   * @throws {EventRejectedError} `live_mode_mismatch`, `event_too_old`, `event_in_future`
   */
  verify(payload: Payload, signature: SignatureHeader): WebhookEvent {
    this[TICK]();
    const event = this.#verify(payload, signature, build);
    if (typeof event === "number") throw refusal(event, shortError()(messageOf(event)));
    if (isRefusal(event)) throw refusal(event);
    return event;
  }

  /**
   * Verifies only the signature, without reading the payload.
   *
   * @param payload The raw body.
   * @param signature The value of the `Payvost-Signature` header, or `undefined` if the header is missing.
   * @throws {ConfigurationError} `payload_not_raw`
   * @throws {SignatureVerificationError} `missing_signature`, `malformed_signature`, `signature_mismatch`
   * @throws {InvalidPayloadError} `payload_too_large`
   */
  verifySignature(payload: Payload, signature: SignatureHeader): void {
    checked(this.#verify(payload, signature));
  }

  /**
   * Verifies only the signature, and returns which secret produced it. During a rotation, this shows when the old secret is no longer in use.
   *
   * @param payload The raw body.
   * @param signature The value of the `Payvost-Signature` header, or `undefined` if the header is missing.
   * @returns The position of the secret in the list that the verifier was made with, from 0.
   * @throws {ConfigurationError} `payload_not_raw`
   * @throws {SignatureVerificationError} `missing_signature`, `malformed_signature`, `signature_mismatch`
   * @throws {InvalidPayloadError} `payload_too_large`
   */
  matchingSecret(payload: Payload, signature: SignatureHeader): number {
    return checked(this.#verify(payload, signature));
  }

  /** @internal The native half cannot call a clock of JavaScript: this sets the time beforehand. */
  [TICK](): void {
    if (this.#clock !== undefined) this.#verify(this.#clock(), undefined, false);
  }

  /** @internal */
  get [KIND](): string {
    return "WebhookVerifier";
  }

  /** @internal For `WebhookReceiver`, which needs more than `verify` returns. */
  get [NATIVE](): Verify {
    return this.#verify;
  }
}

/** The position of a secret. */
function checked(position: number | Description): number {
  if (typeof position !== "number" || position < 0) throw refusal(position);
  return position;
}

/**
 * Signs a payload as Payvost does, for tests and local senders.
 *
 * @param payload The raw body, of any length.
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
