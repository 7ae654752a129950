/**
 * Receives webhooks where requests and responses are those of the web: Next.js route handlers, Hono, Bun, Deno.
 *
 * @module @payvost/webhooks/fetch
 */

import { RECEIVE } from "../internal.js";
import type { WebhookReceiver } from "../receiver.js";
import { readWebRequest } from "./body.js";
import { checked } from "./receiver.js";

/**
 * A handler for requests that are deliveries.
 *
 * It reads the raw body itself, up to the limit of the verifier. When something has read it before (`await request.json()`), it
 * answers 500 at once and logs why. To another method than `POST` it answers 405.
 *
 * @example
 * ```ts
 * const deliver = fetchHandler(new WebhookReceiver(process.env.WEBHOOK_SECRET, router));
 * app.post("/webhooks/payvost", (context) => deliver(context.req.raw)); // Hono
 * ```
 */
export function fetchHandler(receiver: WebhookReceiver): (request: Request) => Promise<Response> {
  checked(receiver);
  return async (request) => {
    const { status, headers, body } = await receiver[RECEIVE]({
      method: request.method,
      contentLength: request.headers.get("content-length"),
      transferEncoding: request.headers.get("transfer-encoding"),
      signature: request.headers.get("payvost-signature"),
      read: (limit) => readWebRequest(request, limit),
    });
    return new Response(body, { status, headers });
  };
}
