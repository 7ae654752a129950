/**
 * Receives webhooks with Fastify.
 *
 * @module @payvost/webhooks/fastify
 */
import type { WebhookReceiver } from "../receiver.js";
/** What the plugin is registered with, besides Fastify's own `prefix`. */
export interface FastifyPluginOptions {
    /** What verifies and handles the deliveries. */
    receiver: WebhookReceiver;
}
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
export declare function fastifyPlugin(fastify: any, { receiver }: FastifyPluginOptions): Promise<void>;
