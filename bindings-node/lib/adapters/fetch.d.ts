/**
 * Receives webhooks where requests and responses are those of the web: Next.js route handlers, Hono, Bun, Deno.
 *
 * @module @payvost/webhooks/fetch
 */
import type { WebhookReceiver } from "../receiver.js";
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
export declare function fetchHandler(receiver: WebhookReceiver): (request: Request) => Promise<Response>;
