"use strict";

const native = require("../native.js");
const { refusal } = require("../errors.js");
const { WebhookStore } = require("./store.js");

class StoreFullError extends Error {}

class MemoryStore extends WebhookStore {
  #step;

  constructor(options) {
    const { capacity, ...common } = options ?? {};
    const step = native.createMemoryClaims(capacity);
    if (typeof step !== "function") throw refusal(step);
    super(stepsOf(step), common);
    this.#step = step;
  }

  get size() {
    return this.#step("size", []);
  }
}

/** The steps of the protocol, which the native half takes. */
function stepsOf(step) {
  return {
    async claim({ key, fingerprint, token, lease, remember, eventType, payload, signature }) {
      const reply = step("claim", [key, fingerprint, token, lease, remember, eventType, payload, signature]);
      if (reply === undefined) throw new StoreFullError("as many events are being handled as the store has room for");
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

module.exports = { MemoryStore };
