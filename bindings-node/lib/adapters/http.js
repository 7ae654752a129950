"use strict";
/**
 * Receives webhooks with Node.js alone.
 *
 * @module @payvost/webhooks/http
 */
Object.defineProperty(exports, "__esModule", { value: true });
exports.httpListener = httpListener;
const internal_js_1 = require("../internal.js");
const body_js_1 = require("./body.js");
const receiver_js_1 = require("./receiver.js");
/**
 * A listener for requests that are deliveries; which are, by path and method, is for the server to decide.
 *
 * It reads the raw body itself, up to the limit of the verifier, or takes it from `request.body` or `request.rawBody` when a
 * framework has put it there as it came. When something has parsed it before, it answers 500 at once and logs why.
 *
 * @returns A promise for the end of the answer.
 *
 * @example
 * ```ts
 * const deliver = httpListener(new WebhookReceiver(process.env.WEBHOOK_SECRET, router));
 * createServer((request, response) => {
 *   if (request.method === "POST" && request.url === "/webhooks/payvost") return deliver(request, response);
 *   response.writeHead(404).end();
 * }).listen(3000);
 * ```
 */
function httpListener(receiver) {
    (0, receiver_js_1.checked)(receiver);
    return async (request, response) => {
        const read = (tooLarge) => (0, body_js_1.readRequest)(request, tooLarge);
        const { status, headers, body } = await receiver[internal_js_1.RECEIVE_FROM](read, request.headers["payvost-signature"]);
        if (response.headersSent)
            return; // a middleware has lost its patience
        response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
        response.end(body);
    };
}
