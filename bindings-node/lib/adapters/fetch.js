"use strict";
/**
 * Receives webhooks where requests and responses are those of the web: Next.js route handlers, Hono, Bun, Deno.
 *
 * @module @payvost/webhooks/fetch
 */
Object.defineProperty(exports, "__esModule", { value: true });
exports.fetchHandler = fetchHandler;
const internal_js_1 = require("../internal.js");
const body_js_1 = require("./body.js");
const receiver_js_1 = require("./receiver.js");
/**
 * A handler for requests that are deliveries.
 *
 * It reads the raw body itself, up to the limit of the verifier. When something has read it before (`await request.json()`), it
 * answers 500 at once and logs why.
 *
 * @example
 * ```ts
 * const deliver = fetchHandler(new WebhookReceiver(process.env.WEBHOOK_SECRET, router));
 * app.post("/webhooks/payvost", (context) => deliver(context.req.raw)); // Hono
 * ```
 */
function fetchHandler(receiver) {
    (0, receiver_js_1.checked)(receiver);
    return async (request) => {
        const read = (tooLarge) => (0, body_js_1.readWebRequest)(request, tooLarge);
        const { status, headers, body } = await receiver[internal_js_1.RECEIVE_FROM](read, request.headers.get("payvost-signature"));
        return new Response(body, { status, headers });
    };
}
