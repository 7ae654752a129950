// What all stores have in common: the options, the time limit, and what can be asked of them.

import native = require("../native.js");
import type { AnswerInstead } from "../boundary.js";
import { isDescription, misuse, refusal } from "../errors.js";
import { INNER, PROCESS } from "../internal.js";
import { ClaimOfTicket, type ClaimTicket, type HandedOverClaim } from "./claim.js";
import type { ClaimRequest, Handle, Inner, Policy, Tell } from "./inner.js";
import { underLease } from "./lease.js";
import { limited } from "./limit.js";
import type { ClaimedSteps, ClaimSteps, DeadLetter, KeptDelivery, StepTime } from "./steps.js";

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
  readonly #steps: ClaimSteps;
  readonly #policy: Policy;
  readonly #timeout: number;
  readonly #inner: Inner;

  /**
   * @param steps Where the claims are kept.
   * @throws {ConfigurationError} `invalid_option`
   */
  constructor(steps: ClaimSteps, options?: WebhookStoreOptions | null) {
    if (STEPS.some((step) => typeof steps?.[step] !== "function")) {
      throw misuse("the steps of a store are missing", `They are the functions ${STEPS.join(", ")}.`);
    }
    const { leaseSeconds, rememberSeconds, prefix, keepDeliveries = true, timeoutSeconds = 2 } = readOptions(options);
    this.#policy = readPolicy(leaseSeconds, rememberSeconds, prefix);
    if (typeof keepDeliveries !== "boolean") throw misuse("keepDeliveries is not a boolean", "It is true or false.");
    if (!(timeoutSeconds > 0 && timeoutSeconds <= MAX_TIMEOUT_SECONDS)) {
      throw misuse("timeoutSeconds is out of range", "It is a number of seconds above 0. The provider waits for 5.");
    }
    this.#steps = steps;
    this.#timeout = timeoutSeconds;
    this.#inner = {
      ...this.#policy,
      keepDeliveries,
      steps,
      claimed: this.#claimedSteps(),
      limited: (work, late) => this.#limited(work, late),
      leaseOf: (seconds) => this.#leaseOf(seconds),
    };
  }

  /**
   * The events that were claimed and not handled, those that have waited longest first.
   *
   * @param limit How many at the most. Default: 100.
   */
  async deadLetters(limit = 100): Promise<DeadLetter[]> {
    if (!Number.isSafeInteger(limit) || limit < 1) throw misuse("the limit is no whole number above 0", "It is how many are listed at the most.");
    return this.#limited((time) => this.#steps.deadLetters({ limit, openKey: this.#policy.openKey }, time));
  }

  /** The delivery that was kept with a claim; null when there is none. */
  async delivery(key: string): Promise<KeptDelivery | null> {
    if (typeof key !== "string") throw misuse("the key is no text", "It is the key of a dead letter.");
    return (await this.#limited((time) => this.#steps.delivery({ key, openKey: this.#policy.openKey }, time))) ?? null;
  }

  /**
   * The claim that was handed over, in the worker of the queue.
   *
   * @throws {ConfigurationError} `invalid_option`: it is no ticket.
   */
  claimOf(ticket: ClaimTicket): HandedOverClaim {
    return new ClaimOfTicket(this.#inner.claimed, ticket);
  }

  /** @internal For the rest of this package. */
  get [INNER](): Inner {
    return this.#inner;
  }

  /**
   * @internal
   *
   * Has an event handled under a claim. `handle` is given the claim, and is called once or not at all; `tell` is told what happened.
   * Gives the code of the outcome, or the whole answer of the core to what is not to be handled.
   */
  async [PROCESS](request: ClaimRequest, handle: Handle, tell: Tell): Promise<string | AnswerInstead> {
    return underLease(this.#inner, request, handle, tell);
  }

  /** What can be done with a claim, by its key and token. */
  #claimedSteps(): ClaimedSteps {
    const { openKey, remember } = this.#policy;
    return {
      extend: (key, token, seconds) => {
        const lease = this.#leaseOf(seconds);
        return this.#held((time) => this.#steps.extend({ key, token, lease, openKey }, time));
      },
      complete: (key, token) => this.#held((time) => this.#steps.complete({ key, token, remember, openKey }, time)),
      release: (key, token, kind) => {
        const error = native.handlerError(kind);
        return this.#held((time) => this.#steps.release({ key, token, remember, error, openKey }, time));
      },
    };
  }

  #leaseOf(seconds: number | undefined): number {
    return seconds === undefined ? this.#policy.lease : readPolicy(seconds).lease;
  }

  /** Whether the claim was the worker's: nothing but `true` says that it was. */
  async #held(work: (time: StepTime) => Promise<boolean>): Promise<boolean> {
    return (await this.#limited(work)) === true;
  }

  #limited<Result>(work: (time: StepTime) => Promise<Result>, late?: (result: Result) => unknown): Promise<Result> {
    return limited(this.#timeout, work, late);
  }
}

/** What a misspelt option would have changed must not be ignored. */
function readOptions(options: WebhookStoreOptions | null | undefined): { [Name in keyof WebhookStoreOptions]: NonNullable<WebhookStoreOptions[Name]> } {
  const unknown = Object.keys(options ?? {}).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) throw misuse("an option of the store does not exist", `There are ${OPTIONS.join(", ")}.`);
  return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value != null));
}

function readPolicy(leaseSeconds?: number, rememberSeconds?: number, name?: string): Policy {
  const policy = native.claimPolicy(leaseSeconds, rememberSeconds, name);
  if (isDescription(policy)) throw refusal(policy);
  const [lease, remember, openKey, prefix] = policy;
  return { lease, remember, openKey, prefix };
}
