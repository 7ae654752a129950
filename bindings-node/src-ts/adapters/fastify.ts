/**
 * Receives webhooks with Fastify.
 *
 * @module @payvost/webhooks/fastify
 */

import type { Read } from "../internal.js";
import { readStream } from "./body.js";
import { receiving, type ReceiverFor } from "./receiver.js";

const EMPTY: Read = ["", "reached"];

/** Options of the plugin, besides Fastify's own `prefix`. */
export interface FastifyPluginOptions {
  /** Verifies and handles the deliveries. */
  receiver: ReceiverFor<any>;
}

/**
 * A plugin that receives deliveries at its `prefix`.
 *
 * Within the plugin, bodies are not parsed but read as raw bytes, up to the limit of the verifier. The rest of the application is not
 * affected.
 *
 * @example
 * ```ts
 * const receiver = new WebhookReceiver(process.env.WEBHOOK_SECRET, router, { logger: app.log });
 * app.register(fastifyPlugin, { prefix: "/webhooks/payvost", receiver });
 * ```
 */
export async function fastifyPlugin(fastify: any, { receiver }: FastifyPluginOptions): Promise<void> {
  const receive = receiving(receiver);
  // This affects only this plugin: the rest of the application goes on parsing.
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser("*", (_request: unknown, stream: unknown, done: (error: null, stream: unknown) => void) => done(null, stream));

  fastify.all("/", async (request: any, reply: any) => {
    const { method, body: stream, headers } = request;
    const { status, headers: fields, body } = await receive(request, {
      method,
      contentLength: headers["content-length"],
      transferEncoding: headers["transfer-encoding"],
      signature: headers["payvost-signature"],
      read: (limit) => (stream ? readStream(stream, limit) : EMPTY),
    });
    return reply.code(status).headers(fields).send(body);
  });
}
