"use strict";
// What all stores have in common: the options, the time limit, and what can be asked of them.
Object.defineProperty(exports, "__esModule", { value: true });
exports.WebhookStore = void 0;
const native = require("../native.js");
const errors_js_1 = require("../errors.js");
const internal_js_1 = require("../internal.js");
const claim_js_1 = require("./claim.js");
const lease_js_1 = require("./lease.js");
const limit_js_1 = require("./limit.js");
const STEPS = ["claim", "extend", "complete", "release", "deadLetters", "delivery"];
const OPTIONS = ["leaseSeconds", "rememberSeconds", "prefix", "keepDeliveries", "timeoutSeconds"];
/** A timer of Node.js does not go further. */
const MAX_TIMEOUT_SECONDS = 2_147_483;
/** What all stores have in common, and a store with steps of your own. */
class WebhookStore {
    #steps;
    #policy;
    #timeout;
    #inner;
    /**
     * @param steps Where the claims are kept.
     * @throws {ConfigurationError} `invalid_option`
     */
    constructor(steps, options) {
        if (STEPS.some((step) => typeof steps?.[step] !== "function")) {
            throw (0, errors_js_1.misuse)("the steps of a store are missing", `They are the functions ${STEPS.join(", ")}.`);
        }
        const { leaseSeconds, rememberSeconds, prefix, keepDeliveries = true, timeoutSeconds = 2 } = readOptions(options);
        this.#policy = readPolicy(leaseSeconds, rememberSeconds, prefix);
        if (typeof keepDeliveries !== "boolean")
            throw (0, errors_js_1.misuse)("keepDeliveries is not a boolean", "It is true or false.");
        if (!(timeoutSeconds > 0 && timeoutSeconds <= MAX_TIMEOUT_SECONDS)) {
            throw (0, errors_js_1.misuse)("timeoutSeconds is out of range", "It is a number of seconds above 0. The provider waits for 5.");
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
    async deadLetters(limit = 100) {
        if (!Number.isSafeInteger(limit) || limit < 1)
            throw (0, errors_js_1.misuse)("the limit is no whole number above 0", "It is how many are listed at the most.");
        return this.#limited((time) => this.#steps.deadLetters({ limit, openKey: this.#policy.openKey }, time));
    }
    /** The delivery that was kept with a claim; null when there is none. */
    async delivery(key) {
        if (typeof key !== "string")
            throw (0, errors_js_1.misuse)("the key is no text", "It is the key of a dead letter.");
        return (await this.#limited((time) => this.#steps.delivery({ key, openKey: this.#policy.openKey }, time))) ?? null;
    }
    /**
     * The claim that was handed over, in the worker of the queue.
     *
     * @throws {ConfigurationError} `invalid_option`: it is no ticket.
     */
    claimOf(ticket) {
        return new claim_js_1.ClaimOfTicket(this.#inner.claimed, ticket);
    }
    /** @internal For the rest of this package. */
    get [internal_js_1.INNER]() {
        return this.#inner;
    }
    /**
     * @internal
     *
     * Has an event handled under a claim. `handle` is given the claim, and is called once or not at all; `tell` is told what happened.
     * Gives the code of the outcome, or the whole answer of the core to what is not to be handled.
     */
    async [internal_js_1.PROCESS](request, handle, tell) {
        return (0, lease_js_1.underLease)(this.#inner, request, handle, tell);
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
        return (0, limit_js_1.limited)(this.#timeout, work, late);
    }
}
exports.WebhookStore = WebhookStore;
/** What a misspelt option would have changed must not be ignored. */
function readOptions(options) {
    const unknown = Object.keys(options ?? {}).find((name) => !OPTIONS.includes(name));
    if (unknown !== undefined)
        throw (0, errors_js_1.misuse)("an option of the store does not exist", `There are ${OPTIONS.join(", ")}.`);
    return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value != null));
}
function readPolicy(leaseSeconds, rememberSeconds, name) {
    const policy = native.claimPolicy(leaseSeconds, rememberSeconds, name);
    if ((0, errors_js_1.isDescription)(policy))
        throw (0, errors_js_1.refusal)(policy);
    const [lease, remember, openKey, prefix] = policy;
    return { lease, remember, openKey, prefix };
}
