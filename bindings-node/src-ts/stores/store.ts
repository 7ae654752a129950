// The base of all stores: their options and methods.

import { checkNames, misuse } from "../errors.js";
import { CLAIMS, KIND } from "../internal.js";
import { DEFAULT_DEAD_LETTERS, DEFAULT_STORE_TIME_LIMIT_SECONDS } from "../limits.js";
import { ClaimOfTicket, type ClaimTicket, type TakenTicket } from "./claim.js";
import { Claims, policyOf } from "./claims.js";
import { StoreError } from "./faults.js";
import type { ClaimSteps, DeadLetter, KeptDelivery } from "./steps.js";
import { newToken } from "./token.js";

/** Options of all stores. `null` and `undefined` mean the default. */
export interface WebhookStoreOptions {
  /**
   * How long a claim holds before another delivery may take it over, in seconds, from 1 to 86 400. Choose more than the handler takes, or
   * extend the claim in the handler. Default: 60.
   */
  leaseSeconds?: number | null | undefined;
  /**
   * How long an event is remembered after its last change, in seconds, from 5765, the time in which Payvost retries, to 315 360 000 (ten
   * years). Default: 86 400 (24 h).
   */
  rememberSeconds?: number | null | undefined;
  /**
   * What the keys begin with: 1 to 64 ASCII letters, digits and `_ . : -`, not ending in `-test` or `-open`. If endpoints share a
   * store, give each its own prefix. Default: `webhook`.
   */
  prefix?: string | null | undefined;
  /**
   * Whether the store keeps the body and the signature until the event is handled, so that it can be handled again after Payvost has given
   * up. They are customer data at rest. Default: true.
   */
  keepDeliveries?: boolean | null | undefined;
  /** How long each step of the store may take, in seconds, before it counts as failed. Payvost waits 5 seconds in all. Default: 2. */
  timeoutSeconds?: number | null | undefined;
}

const STEPS = ["claim", "extend", "complete", "release", "deadLetters", "delivery"] satisfies (keyof ClaimSteps)[];
const OPTIONS = ["leaseSeconds", "rememberSeconds", "prefix", "keepDeliveries", "timeoutSeconds"];

/** The longest timer of Node.js. */
const MAX_TIMEOUT_SECONDS = 2_147_483;

/** The base of all stores. With your own steps, it is a custom store. */
export class WebhookStore {
  readonly #claims: Claims;

  /**
   * @param steps The steps that keep the claims.
   * @throws {ConfigurationError} `invalid_option`
   */
  constructor(steps: ClaimSteps, options?: WebhookStoreOptions | null) {
    if (STEPS.some((step) => typeof steps?.[step] !== "function")) {
      throw misuse("steps must have every step of a store", `Pass an object with the functions ${STEPS.join(", ")}.`);
    }
    const read = readOptions(options);
    const { leaseSeconds, rememberSeconds, prefix, keepDeliveries = true, timeoutSeconds = DEFAULT_STORE_TIME_LIMIT_SECONDS } = read;
    const policy = policyOf(leaseSeconds, rememberSeconds, prefix);
    if (typeof keepDeliveries !== "boolean") throw misuse("keepDeliveries must be a boolean", "Pass true or false.");
    if (!(timeoutSeconds > 0 && timeoutSeconds <= MAX_TIMEOUT_SECONDS)) {
      throw misuse("timeoutSeconds must be a number above 0", "Choose less than 5: Payvost waits 5 seconds for the response.");
    }
    this.#claims = new Claims(steps, policy, keepDeliveries, timeoutSeconds);
  }

  /**
   * Lists the events that were claimed and not handled, oldest first.
   *
   * @param limit The maximum number of events. Default: 100.
   */
  async deadLetters(limit: number = DEFAULT_DEAD_LETTERS): Promise<DeadLetter[]> {
    if (!Number.isSafeInteger(limit) || limit < 1) throw misuse("limit must be a whole number above 0", "It is the maximum number of dead letters to list.");
    return this.#claims.deadLetters(limit);
  }

  /** The delivery that is stored with a claim; `null` if there is none. */
  async delivery(key: string): Promise<KeptDelivery | null> {
    if (typeof key !== "string") throw misuse("key must be a string", "Pass the key of a dead letter from deadLetters().");
    return this.#claims.delivery(key);
  }

  /**
   * Takes a claim that was handed over, in a queue's worker. Only one worker at a time can take it. It can be taken again after a release, or
   * when the lease has expired.
   *
   * @param options `leaseSeconds`: how long the worker holds the claim from now. Default: the store's `leaseSeconds`.
   * @throws {ConfigurationError} `invalid_option`: the ticket is invalid, or the store is an inbox, whose claims end with their transaction.
   */
  async take(ticket: ClaimTicket, options?: { leaseSeconds?: number | undefined }): Promise<TakenTicket> {
    const { key, token } = new ClaimOfTicket(this.#claims, ticket).ticket;
    const own = token + newToken();
    const [state, number] = await this.#claims.take(key, token, own, options?.leaseSeconds);
    if (state === "claimed") return { state, claim: new ClaimOfTicket(this.#claims, { key, token: own }), attempt: number };
    if (state === "in_progress") return { state, waitSeconds: number / 1000 };
    if (state === "done" || state === "lost") return { state };
    throw new StoreError("the store returned an unknown reply");
  }

  /**
   * Discards a dead letter: it counts as handled, and its delivery is deleted.
   *
   * @returns Whether the key was that of a dead letter.
   */
  async discard(key: string): Promise<boolean> {
    if (typeof key !== "string") throw misuse("key must be a string", "Pass the key of a dead letter from deadLetters().");
    return this.#claims.discard(key);
  }

  /** @internal */
  get [KIND](): string {
    return "WebhookStore";
  }

  /** @internal For the rest of this package. */
  get [CLAIMS](): Claims {
    return this.#claims;
  }
}

/** The options that are set. */
function readOptions(options: WebhookStoreOptions | null | undefined): { [Name in keyof WebhookStoreOptions]: NonNullable<WebhookStoreOptions[Name]> } {
  checkNames(options ?? {}, OPTIONS);
  return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value != null));
}
