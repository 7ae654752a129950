"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.WebhookRouter = void 0;
const native = require("./native.js");
const errors_js_1 = require("./errors.js");
const internal_js_1 = require("./internal.js");
/**
 * Handlers by the type of the event.
 *
 * The most specific pattern decides, and only its handler runs: a type before its family, a family before everything.
 *
 * @example
 * ```ts
 * const router = new WebhookRouter()
 *   .on("payment.succeeded", (event) => shipOrder(event.data.metadata?.orderId))
 *   .on("payment.*", (event) => console.log("payment", event.data.id))
 *   .on("*", (event) => console.log("unhandled", event.type));
 * ```
 */
class WebhookRouter {
    #route = native.createRouter();
    #handlers = [];
    /**
     * Registers a handler for a type (`payment.succeeded`), a family (`payment.*`) or everything (`*`).
     *
     * @returns The router itself.
     * @throws {ConfigurationError} `invalid_option`: the pattern has a handler already, or can match nothing, or the handler is
     *   no function.
     */
    on(pattern, handler) {
        if (typeof handler !== "function")
            throw (0, errors_js_1.misuse)("the handler is not a function", "It is called with the event.");
        const problem = this.#route(pattern, this.#handlers.length);
        if (problem !== undefined)
            throw (0, errors_js_1.refusal)(problem);
        this.#handlers.push(handler);
        return this;
    }
    /**
     * Calls the handler for the type of an event that was verified.
     *
     * @param claim What the handler is given as its second argument.
     * @returns What the handler returns, a promise too; `undefined` when there is no handler, which is no error: the list of
     *   types is open.
     */
    dispatch(event, claim) {
        const position = this.#route(event.type);
        if (position === undefined)
            return undefined;
        const handler = this.#handlers[position];
        return claim === undefined ? handler(event) : handler(event, claim);
    }
    /** @internal For `WebhookReceiver`: what nobody handles needs no claim. */
    [internal_js_1.HAS](type) {
        return this.#route(type) !== undefined;
    }
}
exports.WebhookRouter = WebhookRouter;
