/**
 * Receives webhooks with Node.js alone.
 *
 * @module @payvost/webhooks/http
 */
import { type ReceiverFor } from "./receiver.js";
/** The part of a `node:http` or `node:http2` request that is needed. */
export interface NodeRequest {
    /** The headers, with names in lower case. */
    readonly headers: {
        readonly [name: string]: string | string[] | undefined;
    };
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
export declare function httpListener<Request extends NodeRequest = any>(receiver: ReceiverFor<Request>): (request: Request, response: NodeResponse) => Promise<void>;
