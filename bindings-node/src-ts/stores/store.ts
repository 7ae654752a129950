// What all stores have in common: the options, and what can be asked of them.

import { checkNames, misuse } from "../errors.js";
import { CLAIMS } from "../internal.js";
import { DEFAULT_DEAD_LETTERS, DEFAULT_STORE_TIME_LIMIT_SECONDS } from "../limits.js";
import { ClaimOfTicket, type ClaimTicket, type TakenTicket } from "./claim.js";
import { Claims, policyOf } from "./claims.js";
import { StoreError } from "./faults.js";
import type { ClaimSteps, DeadLetter, KeptDelivery } from "./steps.js";
import { newToken } from "./token.js";

/** What every store is set to. `null` and `undefined` mean the default. */
export interface WebhookStoreOptions {
  /**
   * How long a claim holds before another delivery may take it over, in seconds, from 1 to 86 400: longer than the handler takes, or
   * than it takes to extend it. Default: 60.
   */
  leaseSeconds?: number | null | undefined;
  /**
   * How long an event is remembered after its last change, in seconds, from 5765, the time in which the provider tries again, to
   * 315 360 000 (ten years). Default: 86 400 (24 h).
   */
  rememberSeconds?: number | null | undefined;
  /**
   * What the keys begin with: 1 to 64 ASCII letters, digits and `_ . : -`, not ending in `-test` or `-open`. Endpoints that share a store
   * need one each. Default: `webhook`.
   */
  prefix?: string | null | undefined;
  /**
   * Whether the body and the signature are kept with the claim until the event is handled, so that it can be handled again after the
   * provider has given up. They are customer data at rest. Default: true.
   */
  keepDeliveries?: boolean | null | undefined;
  /** How long to wait for each step of the store, in seconds; the provider waits for 5 in all. What takes longer failed. Default: 2. */
  timeoutSeconds?: number | null | undefined;
}

const STEPS = ["claim", "extend", "complete", "release", "deadLetters", "delivery"] satisfies (keyof ClaimSteps)[];
const OPTIONS = ["leaseSeconds", "rememberSeconds", "prefix", "keepDeliveries", "timeoutSeconds"];

/** A timer of Node.js does not go further. */
const MAX_TIMEOUT_SECONDS = 2_147_483;

/** What all stores have in common, and a store with steps of your own. */
export class WebhookStore {
  readonly #claims: Claims;

  /**
   * @param steps Where the claims are kept.
   * @throws {ConfigurationError} `invalid_option`
   */
  constructor(steps: ClaimSteps, options?: WebhookStoreOptions | null) {
    if (STEPS.some((step) => typeof steps?.[step] !== "function")) {
      throw misuse("the steps of a store are missing", `They are the functions ${STEPS.join(", ")}.`);
    }
    const read = readOptions(options);
    const { leaseSeconds, rememberSeconds, prefix, keepDeliveries = true, timeoutSeconds = DEFAULT_STORE_TIME_LIMIT_SECONDS } = read;
    const policy = policyOf(leaseSeconds, rememberSeconds, prefix);
    if (typeof keepDeliveries !== "boolean") throw misuse("keepDeliveries must be a boolean", "It is true or false.");
    if (!(timeoutSeconds > 0 && timeoutSeconds <= MAX_TIMEOUT_SECONDS)) {
      throw misuse("timeoutSeconds is out of range", "It is a number of seconds above 0. The provider waits for 5.");
    }
    this.#claims = new Claims(steps, policy, keepDeliveries, timeoutSeconds);
  }

  /**
   * The events that were claimed and not handled, those that have waited longest first.
   *
   * @param limit How many at the most. Default: 100.
   */
  async deadLetters(limit: number = DEFAULT_DEAD_LETTERS): Promise<DeadLetter[]> {
    if (!Number.isSafeInteger(limit) || limit < 1) throw misuse("limit must be a whole number above 0", "It is how many are listed at the most.");
    return this.#claims.deadLetters(limit);
  }

  /** The delivery that was kept with a claim; null when there is none. */
  async delivery(key: string): Promise<KeptDelivery | null> {
    if (typeof key !== "string") throw misuse("key must be a string", "It is the key of a dead letter.");
    return this.#claims.delivery(key);
  }

  /**
   * Takes a claim that was handed over, in the worker of the queue: one worker at a time. It can be taken again after a release, or when the
   * lease of who took it is over.
   *
   * @param options `leaseSeconds`: how long the worker has it, from now. Default: the store's `leaseSeconds`.
   * @throws {ConfigurationError} `invalid_option`: it is no ticket, or the store is an inbox, whose claims end with their transaction.
   */
  async take(ticket: ClaimTicket, options?: { leaseSeconds?: number | undefined }): Promise<TakenTicket> {
    const { key, token } = new ClaimOfTicket(this.#claims, ticket).ticket;
    const own = token + newToken();
    const [state, number] = await this.#claims.take(key, token, own, options?.leaseSeconds);
    if (state === "claimed") return { state, claim: new ClaimOfTicket(this.#claims, { key, token: own }), attempt: number };
    if (state === "in_progress") return { state, waitSeconds: number / 1000 };
    if (state === "done" || state === "lost") return { state };
    throw new StoreError("the store gave a reply that makes no sense");
  }

  /**
   * Gives up a dead letter: it counts as handled, and its delivery is no longer kept.
   *
   * @returns False when nothing is kept under the key that is a dead letter.
   */
  async discard(key: string): Promise<boolean> {
    if (typeof key !== "string") throw misuse("key must be a string", "It is the key of a dead letter.");
    return this.#claims.discard(key);
  }

  /** @internal For the rest of this package. */
  get [CLAIMS](): Claims {
    return this.#claims;
  }
}

/** The options that are given. */
function readOptions(options: WebhookStoreOptions | null | undefined): { [Name in keyof WebhookStoreOptions]: NonNullable<WebhookStoreOptions[Name]> } {
  checkNames(options ?? {}, OPTIONS);
  return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value != null));
}
