"use strict";
/**
 * Receives webhooks with Fastify.
 *
 * @module @payvost/webhooks/fastify
 */
Object.defineProperty(exports, "__esModule", { value: true });
exports.fastifyPlugin = fastifyPlugin;
const internal_js_1 = require("../internal.js");
const body_js_1 = require("./body.js");
const receiver_js_1 = require("./receiver.js");
const EMPTY = { body: "" };
/**
 * A plugin that receives deliveries at its `prefix`.
 *
 * Inside of the plugin, and only there, no body is parsed: it is read as it came, up to the limit of the verifier.
 *
 * @example
 * ```ts
 * const receiver = new WebhookReceiver(process.env.WEBHOOK_SECRET, router, { logger: app.log });
 * app.register(fastifyPlugin, { prefix: "/webhooks/payvost", receiver });
 * ```
 */
async function fastifyPlugin(fastify, { receiver }) {
    (0, receiver_js_1.checked)(receiver);
    // Only inside of this plugin: the rest of the application goes on parsing.
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser("*", (_request, stream, done) => done(null, stream));
    fastify.post("/", async ({ body: stream, headers }, reply) => {
        const read = async (tooLarge) => (stream ? (0, body_js_1.readStream)(stream, headers, tooLarge) : EMPTY);
        const { status, headers: fields, body } = await receiver[internal_js_1.RECEIVE_FROM](read, headers["payvost-signature"]);
        return reply.code(status).headers(fields).send(body);
    });
}
