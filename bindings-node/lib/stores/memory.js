"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.MemoryStore = void 0;
const native = require("../native.js");
const errors_js_1 = require("../errors.js");
const store_js_1 = require("./store.js");
class StoreFullError extends Error {
}
/**
 * Claims in the memory of one thread of one process, for tests and small programs: another process does not know them, and all are gone at a
 * restart.
 *
 * It is bounded: when it is full, the event that would be forgotten first makes room.
 */
class MemoryStore extends store_js_1.WebhookStore {
    #step;
    /** @throws {ConfigurationError} `invalid_option` */
    constructor(options) {
        const { capacity, ...common } = options ?? {};
        const step = native.createMemoryClaims(capacity);
        if (typeof step !== "function")
            throw (0, errors_js_1.refusal)(step);
        super(stepsOf(step), common);
        this.#step = step;
    }
    /** How many events are remembered. */
    get size() {
        return this.#step("size", []);
    }
}
exports.MemoryStore = MemoryStore;
/** The steps of the protocol, which the native half takes. */
function stepsOf(step) {
    return {
        async claim({ key, fingerprint, token, lease, remember, eventType, payload, signature }) {
            const reply = step("claim", [key, fingerprint, token, lease, remember, eventType, payload, signature]);
            if (reply === undefined)
                throw new StoreFullError("as many events are being handled as the store has room for");
            return reply;
        },
        extend: async ({ key, token, lease }) => step("extend", [key, token, lease]),
        complete: async ({ key, token, remember }) => step("complete", [key, token, remember]),
        release: async ({ key, token, remember, error }) => step("release", [key, token, remember, error]),
        async deadLetters({ limit }) {
            const letters = step("deadLetters", [limit]);
            return letters.map(([key, eventType, reason, attempts, error, age]) => {
                return { key, eventType, reason, attempts, error, ageSeconds: age / 1000 };
            });
        },
        async delivery({ key }) {
            const kept = step("delivery", [key]);
            return kept && { payload: kept[0], signature: kept[1] };
        },
    };
}
