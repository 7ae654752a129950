/**
 * Receives webhooks with the standard `Request` and `Response`: Next.js route handlers, Hono, Bun, Deno.
 *
 * @module @payvost/webhooks/fetch
 */
import { type ReceiverFor } from "./receiver.js";
/**
 * Returns a handler for deliveries.
 *
 * It reads the raw body itself, up to the limit of the verifier. If other code has read it before (`await request.json()`), it responds with
 * 500 at once and logs why. It responds with 405 to a method other than `POST`.
 *
 * @example
 * ```ts
 * const deliver = fetchHandler(new WebhookReceiver(process.env.WEBHOOK_SECRET, router));
 * app.post("/webhooks/payvost", (context) => deliver(context.req.raw)); // Hono
 * ```
 */
export declare function fetchHandler(receiver: ReceiverFor<Request>): (request: Request) => Promise<Response>;
