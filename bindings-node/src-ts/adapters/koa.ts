/**
 * Receives webhooks with Koa.
 *
 * @module @payvost/webhooks/koa
 */

import { native } from "../native.js";
import { ofServers } from "../errors.js";
import { rawBodyOf, readStream } from "./body.js";
import { receiving, type ReceiverFor } from "./receiver.js";

/** The part of a context of Koa that is needed. */
export interface KoaContext {
  /** The request of Node.js. */
  readonly req: object;
  /** Koa's request. */
  readonly request: object;
  /** The method. */
  readonly method: string;
  /** The status of the response. */
  status: number;
  /** The body of the response. */
  body: unknown;
  /** Sets headers of the response. */
  set(headers: { [name: string]: string }): void;
}

/**
 * Returns a middleware for a route, or for all requests to a path.
 *
 * It reads the raw body itself, up to the limit of the verifier. If a body parser has read the body before, it responds with 500 at once and logs
 * why, unless the parser kept the raw body in `ctx.request.rawBody`. It passes on requests with a method other than `POST`.
 *
 * @example
 * ```ts
 * router.post("/webhooks/payvost", koaMiddleware(new WebhookReceiver(process.env.WEBHOOK_SECRET, events)));
 * app.use(router.routes()).use(bodyParser()); // after it
 * ```
 */
export function koaMiddleware<Context extends KoaContext = any>(receiver: ReceiverFor<Context>): (context: Context, next: () => Promise<any>) => Promise<void> {
  const receive = receiving(receiver);
  return async (context, next) => {
    if (!ofServers(native.isMethodOfDeliveries)(context.method)) return next();
    const request = context.req as any;
    const { headers: fields } = request;
    const rawBody = rawBodyOf(context.request as any);
    const { status, headers, body } = await receive(context, {
      method: context.method,
      contentLength: rawBody === undefined ? fields["content-length"] : undefined,
      transferEncoding: fields["transfer-encoding"],
      signature: fields["payvost-signature"],
      read: (limit) => (rawBody === undefined ? readStream(request, limit) : [rawBody, "reached"]),
    });
    context.status = status;
    context.set(headers);
    context.body = body;
  };
}
