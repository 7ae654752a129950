"use strict";

const native = require("./native.js");
const { misuse, refusal } = require("./errors.js");
const { HAS } = require("./internal.js");

class WebhookRouter {
  #route = native.createRouter();
  #handlers = [];

  on(pattern, handler) {
    if (typeof handler !== "function") throw misuse("the handler is not a function", "It is called with the event.");
    const problem = this.#route(pattern, this.#handlers.length);
    if (problem !== undefined) throw refusal(problem);
    this.#handlers.push(handler);
    return this;
  }

  dispatch(event, claim) {
    const position = this.#route(event.type);
    if (position === undefined) return undefined;
    const handler = this.#handlers[position];
    return claim === undefined ? handler(event) : handler(event, claim);
  }

  /** For `WebhookReceiver`: what nobody handles needs no claim. */
  [HAS](type) {
    return this.#route(type) !== undefined;
  }
}

module.exports = { WebhookRouter };
