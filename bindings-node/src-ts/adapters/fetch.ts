/**
 * Receives webhooks with the standard `Request` and `Response`: Next.js route handlers, Hono, Bun, Deno.
 *
 * @module @payvost/webhooks/fetch
 */

import { readWebRequest } from "./body.js";
import { receiving, type ReceiverFor } from "./receiver.js";

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
export function fetchHandler(receiver: ReceiverFor<Request>): (request: Request) => Promise<Response> {
  const receive = receiving(receiver);
  return async (request) => {
    const { status, headers, body } = await receive(request, {
      method: request.method,
      contentLength: request.headers.get("content-length"),
      transferEncoding: request.headers.get("transfer-encoding"),
      signature: request.headers.get("payvost-signature"),
      read: (limit) => readWebRequest(request, limit),
    });
    return new Response(body, { status, headers });
  };
}
