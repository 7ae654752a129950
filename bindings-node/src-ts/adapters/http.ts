/**
 * Receives webhooks with Node.js alone.
 *
 * @module @payvost/webhooks/http
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import { RECEIVE_FROM, type Read } from "../internal.js";
import type { WebhookReceiver } from "../receiver.js";
import { readRequest } from "./body.js";
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
 * A listener for requests that are deliveries; which are, by path and method, is for the server to decide.
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
 *   if (request.method === "POST" && request.url === "/webhooks/payvost") return deliver(request, response);
 *   response.writeHead(404).end();
 * }).listen(3000);
 * ```
 */
export function httpListener(receiver: WebhookReceiver): (request: NodeRequest, response: NodeResponse) => Promise<void> {
  checked(receiver);
  return async (request, response) => {
    const read: Read = (tooLarge) => readRequest(request as IncomingMessage, tooLarge);
    const { status, headers, body } = await receiver[RECEIVE_FROM](read, request.headers["payvost-signature"]);
    if (response.headersSent) return; // a middleware has lost its patience
    (response as ServerResponse).writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
    response.end(body);
  };
}
