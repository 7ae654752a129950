/**
 * Receives webhooks with Node.js alone.
 *
 * @module @payvost/webhooks/http
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import { RECEIVE } from "../internal.js";
import type { WebhookReceiver } from "../receiver.js";
import { keptBody, readStream } from "./body.js";
import { checked } from "./receiver.js";

/** A request of `node:http` or `node:http2`, as far as it is needed. */
export interface NodeRequest {
  /** The headers, their names in lower case. */
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  /** Adds a listener, as every stream has it. */
  on(event: string, listener: (...values: any[]) => void): unknown;
}

/** A response of `node:http` or `node:http2`, as far as it is needed. */
export interface NodeResponse {
  /** Whether an answer has begun. */
  readonly headersSent: boolean;
  /** Ends the answer. */
  end(body: string): unknown;
}

/**
 * A listener for requests that are deliveries; which are, by their path, is for the server to decide. To another method than `POST` it answers
 * 405.
 *
 * It reads the raw body itself, up to the limit of the verifier, or takes it from `request.body` or `request.rawBody` when a
 * framework has put it there as it came. When something has parsed it before, it answers 500 at once and logs why.
 *
 * @returns A promise for the end of the answer.
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
export function httpListener(receiver: WebhookReceiver): (request: NodeRequest, response: NodeResponse) => Promise<void> {
  checked(receiver);
  return async (incoming, response) => {
    const request = incoming as IncomingMessage;
    const { headers: fields } = request;
    const kept = keptBody(request);
    // What was decompressed or decoded has another length than was announced.
    const isAsSent = kept === undefined || (typeof kept !== "string" && fields["content-encoding"] === undefined);
    const { status, headers, body } = await receiver[RECEIVE]({
      method: request.method,
      contentLength: isAsSent ? fields["content-length"] : undefined,
      transferEncoding: fields["transfer-encoding"],
      signature: fields["payvost-signature"],
      read: (limit) => (kept === undefined ? readStream(request, limit) : [kept, "reached"]),
    });
    if (response.headersSent) return; // a middleware has lost its patience
    (response as ServerResponse).writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
    response.end(body);
  };
}
