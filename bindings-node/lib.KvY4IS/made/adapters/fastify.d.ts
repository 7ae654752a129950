/**
 * Receives webhooks with Fastify.
 *
 * @module @payvost/webhooks/fastify
 */
import { type ReceiverFor } from "./receiver.js";
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
export declare function fastifyPlugin(fastify: any, { receiver }: FastifyPluginOptions): Promise<void>;
