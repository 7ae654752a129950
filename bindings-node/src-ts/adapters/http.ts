/**
 * Receives webhooks with Node.js alone.
 *
 * @module @payvost/webhooks/http
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import { rawBodyOf, readStream } from "./body.js";
import { receiving, type ReceiverFor } from "./receiver.js";

/** The part of a `node:http` or `node:http2` request that is needed. */
export interface NodeRequest {
  /** The headers, with names in lower case. */
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  /** Adds a listener, as on every stream. */
  on(event: string, listener: (...values: any[]) => void): unknown;
}

/** The part of a `node:http` or `node:http2` response that is needed. */
export interface NodeResponse {
  /** Whether a response has begun. */
  readonly headersSent: boolean;
  /** Ends the response. */
  end(body: string): unknown;
}

export type { ReceiverFor };

/**
 * Returns a listener for deliveries. The server decides which paths it handles. It responds with 405 to a method other than `POST`.
 *
 * It reads the raw body itself, up to the limit of the verifier, or takes the raw bytes from `request.body` or `request.rawBody` if a framework
 * has put them there. If a middleware has parsed the body before, it responds with 500 at once and logs why.
 *
 * @returns A listener whose promise is fulfilled when the response has been sent.
 *
 * @example
 * ```ts
 * const deliver = httpListener(new WebhookReceiver(process.env.WEBHOOK_SECRET, router));
 * createServer((request, response) => {
 *   if (request.url === "/webhooks/payvost") return deliver(request, response);
 *   response.writeHead(404).end();
 * }).listen(3000);
 * ```
 */
export function httpListener<Request extends NodeRequest = any>(receiver: ReceiverFor<Request>): (request: Request, response: NodeResponse) => Promise<void> {
  const receive = receiving(receiver);
  return async (incoming, response) => {
    const request = incoming as unknown as IncomingMessage;
    const { headers: fields } = request;
    const rawBody = rawBodyOf(request);
    // A decompressed or decoded body has a different length than the header says.
    const isAsSent = rawBody === undefined || (typeof rawBody !== "string" && fields["content-encoding"] === undefined);
    const { status, headers, body } = await receive(incoming, {
      method: request.method,
      contentLength: isAsSent ? fields["content-length"] : undefined,
      transferEncoding: fields["transfer-encoding"],
      signature: fields["payvost-signature"],
      read: (limit) => (rawBody === undefined ? readStream(request, limit) : [rawBody, "reached"]),
    });
    if (response.headersSent) return; // a middleware has timed out and responded
    (response as ServerResponse).writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
    response.end(body);
  };
}
