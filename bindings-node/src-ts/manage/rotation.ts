import { native } from "../native.js";
import { misuse, ofServers } from "../errors.js";

/**
 * Tells when the old secret of a webhook can be removed after a rotation: when Payvost's retries of deliveries that were signed with it have
 * ended.
 *
 * @example
 * ```ts
 * const { secret: newSecret } = await payvost.webhooks.rotateSecret(id);
 * const rotation = new Rotation();
 * const verifier = new WebhookVerifier([newSecret, oldSecret]);
 * const receiver = new WebhookReceiver(verifier, router, {
 *   onResult: ({ matchingSecret }) => {
 *     if (matchingSecret === 1) rotation.oldSecretSeen();
 *   },
 * });
 * if (rotation.isOver()) removeOldSecret();
 * ```
 */
export class Rotation {
  readonly #rotate: (seen?: number) => number;

  /** @param began When the secret was rotated, or when the old one was last seen. Default: now. */
  constructor(began: Date | number = Date.now()) {
    this.#rotate = ofServers(native.createRotation)(timeOf(began, "began"));
  }

  /** Call this when a verified delivery was signed with the old secret. Default: now. */
  oldSecretSeen(at: Date | number = Date.now()): void {
    this.#rotate(timeOf(at, "at"));
  }

  /** Whether the old secret can be removed. */
  isOver(now: Date | number = Date.now()): boolean {
    return timeOf(now, "now") >= this.#rotate();
  }

  /** When the old secret can be removed, unless it is seen again. */
  get overAt(): Date {
    return new Date(this.#rotate());
  }
}

function timeOf(value: unknown, parameter: string): number {
  const milliseconds = value instanceof Date ? value.getTime() : value;
  if (typeof milliseconds === "number" && milliseconds >= 0 && milliseconds <= Number.MAX_SAFE_INTEGER) return Math.floor(milliseconds);
  throw misuse(`${parameter} must be a Date or milliseconds since 1970`, "Pass a number as Date.now() returns it, or leave it out for the present.");
}
