import { type Incoming } from "../internal.js";
import { WebhookReceiver, type WebhookAnswer } from "../receiver.js";
/** A receiver, or a function that chooses one for a request, by its tenant for example: `(request) => receiver.withVerifier(secretOf(request))`. */
export type ReceiverFor<Request> = WebhookReceiver | ((request: Request) => WebhookReceiver | Promise<WebhookReceiver>);
/** How an adapter receives a delivery. The promise is never rejected: if no receiver can be chosen, the response is 500. */
export declare function receiving<Request>(receiver: ReceiverFor<Request>): (request: Request, incoming: Incoming) => Promise<WebhookAnswer>;
