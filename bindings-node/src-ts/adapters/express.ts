/**
 * Receives webhooks with Express 4 or 5.
 *
 * @module @payvost/webhooks/express
 */

import { native } from "../native.js";
import { ofServers } from "../errors.js";
import { httpListener, type NodeRequest, type NodeResponse, type ReceiverFor } from "./http.js";

/**
 * Returns a handler for an Express route.
 *
 * It reads the raw body itself, up to the limit of the verifier. `express.raw()` before it is optional. If `express.json()` or another
 * middleware has read the body before, it responds with 500 at once and logs why. It passes on requests with a method other than `POST`.
 *
 * @example
 * ```ts
 * app.post("/webhooks/payvost", expressHandler(new WebhookReceiver(process.env.WEBHOOK_SECRET, router)));
 * app.use(express.json()); // after it
 * ```
 */
export function expressHandler<Request extends NodeRequest = any>(
  receiver: ReceiverFor<Request>,
): (request: Request, response: NodeResponse, next: (error?: any) => void) => void {
  const listener = httpListener(receiver);
  return (request, response, next) => {
    if (ofServers(native.isMethodOfDeliveries)((request as unknown as { method?: string }).method)) listener(request, response).catch(next);
    else next();
  };
}
