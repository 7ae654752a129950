"use strict";

// What all stores have in common: the options, the time limit, and what can be asked of them.

const native = require("../native.js");
const { misuse, refusal } = require("../errors.js");
const { INNER, PROCESS } = require("../internal.js");
const { HandedOverClaim } = require("./claim.js");
const { underLease } = require("./lease.js");
const { limited } = require("./limit.js");

const STEPS = ["claim", "extend", "complete", "release", "deadLetters", "delivery"];
const OPTIONS = ["leaseSeconds", "rememberSeconds", "prefix", "keepDeliveries", "timeoutSeconds"];

/** A timer of Node.js does not go further. */
const MAX_TIMEOUT_SECONDS = 2_147_483;

class WebhookStore {
  #steps;
  #policy;
  #timeout;
  #inner;

  constructor(steps, options) {
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

  async deadLetters(limit = 100) {
    if (!Number.isSafeInteger(limit) || limit < 1) throw misuse("the limit is no whole number above 0", "It is how many are listed at the most.");
    return this.#limited((time) => this.#steps.deadLetters({ limit, openKey: this.#policy.openKey }, time));
  }

  async delivery(key) {
    if (typeof key !== "string") throw misuse("the key is no text", "It is the key of a dead letter.");
    return (await this.#limited((time) => this.#steps.delivery({ key, openKey: this.#policy.openKey }, time))) ?? null;
  }

  claimOf(ticket) {
    return new HandedOverClaim(this.#inner.claimed, ticket);
  }

  /** For the rest of this package. */
  get [INNER]() {
    return this.#inner;
  }

  /**
   * Has an event handled under a claim. `handle` is given the claim, and is called once or not at all; `tell` is told what happened.
   * Gives the code of the outcome, or the whole answer of the core to what is not to be handled.
   */
  async [PROCESS](request, handle, tell) {
    return underLease(this.#inner, request, handle, tell);
  }

  /** What can be done with a claim, by its key and token. */
  #claimedSteps() {
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

  #leaseOf(seconds) {
    return seconds === undefined ? this.#policy.lease : readPolicy(seconds).lease;
  }

  /** Whether the claim was the worker's: nothing but `true` says that it was. */
  async #held(work) {
    return (await this.#limited(work)) === true;
  }

  #limited(work, late) {
    return limited(this.#timeout, work, late);
  }
}

/** What a misspelt option would have changed must not be ignored. */
function readOptions(options) {
  const unknown = Object.keys(options ?? {}).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) throw misuse("an option of the store does not exist", `There are ${OPTIONS.join(", ")}.`);
  return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value != null));
}

function readPolicy(leaseSeconds, rememberSeconds, name) {
  const policy = native.claimPolicy(leaseSeconds, rememberSeconds, name);
  if (typeof policy[0] === "string") throw refusal(policy);
  const [lease, remember, openKey, prefix] = policy;
  return { lease, remember, openKey, prefix };
}

module.exports = { WebhookStore };
