/**
 * Receives webhooks where requests and responses are those of the web: Next.js route handlers, Hono, Bun, Deno.
 *
 * @module @payvost/webhooks/fetch
 */

import { RECEIVE_FROM, type Read } from "../internal.js";
import type { WebhookReceiver } from "../receiver.js";
import { readWebRequest } from "./body.js";
import { checked } from "./receiver.js";

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
export function fetchHandler(receiver: WebhookReceiver): (request: Request) => Promise<Response> {
  checked(receiver);
  return async (request) => {
    const read: Read = (tooLarge) => readWebRequest(request, tooLarge);
    const { status, headers, body } = await receiver[RECEIVE_FROM](read, request.headers.get("payvost-signature"));
    return new Response(body, { status, headers });
  };
}
