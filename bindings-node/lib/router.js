"use strict";

const native = require("./native.js");
const { misuse, refusal } = require("./errors.js");

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

  dispatch(event) {
    const position = this.#route(event.type);
    if (position === undefined) return undefined;
    const handler = this.#handlers[position];
    return handler(event);
  }
}

module.exports = { WebhookRouter };
