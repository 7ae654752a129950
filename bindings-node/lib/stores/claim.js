"use strict";
// A claim, as the handler of an event has it, and as the worker of a queue has it afterwards.
Object.defineProperty(exports, "__esModule", { value: true });
exports.ClaimOfTicket = exports.HeldClaim = void 0;
const errors_js_1 = require("../errors.js");
const kind_js_1 = require("./kind.js");
/** What a handler is given beside the event. */
class HeldClaim {
    #steps;
    #ticket;
    #attempt;
    #connection;
    #handedOver = false;
    /** A claim of an inbox has a connection, and is not to be handed over. */
    constructor(steps, key, token, attempt, connection) {
        this.#steps = steps;
        this.#ticket = { key, token };
        this.#attempt = attempt;
        this.#connection = connection;
    }
    get key() {
        return this.#ticket.key;
    }
    get token() {
        return this.#ticket.token;
    }
    get attempt() {
        return this.#attempt;
    }
    get connection() {
        return this.#connection;
    }
    /** For the receiver, which then does not complete. */
    get handedOver() {
        return this.#handedOver;
    }
    async extend(seconds) {
        return this.#steps.extend(this.key, this.token, seconds);
    }
    async handOver({ leaseSeconds } = {}) {
        if (this.#connection !== undefined) {
            throw (0, errors_js_1.misuse)("a claim of an inbox cannot be handed over", "It ends with the transaction. Write the event to a table of jobs through claim.connection, or use a store with leases.");
        }
        if (leaseSeconds !== undefined && !(await this.extend(leaseSeconds))) {
            throw new Error("the claim is no longer this worker's, so it cannot be handed over");
        }
        this.#handedOver = true;
        return { ...this.#ticket };
    }
}
exports.HeldClaim = HeldClaim;
/** What the worker of a queue makes of its ticket. */
class ClaimOfTicket {
    #steps;
    #key;
    #token;
    constructor(steps, ticket) {
        const { key, token } = ticket ?? {};
        if (typeof key !== "string" || typeof token !== "string") {
            throw (0, errors_js_1.misuse)("this is no ticket of a claim", "Pass what claim.handOver() has returned.");
        }
        this.#steps = steps;
        this.#key = key;
        this.#token = token;
    }
    get key() {
        return this.#key;
    }
    async extend(seconds) {
        return this.#steps.extend(this.#key, this.#token, seconds);
    }
    async complete() {
        return this.#steps.complete(this.#key, this.#token);
    }
    async release(error) {
        return this.#steps.release(this.#key, this.#token, typeof error === "string" ? error : (0, kind_js_1.kindOf)(error));
    }
}
exports.ClaimOfTicket = ClaimOfTicket;
