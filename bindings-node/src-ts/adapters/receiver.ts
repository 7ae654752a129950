import { native } from "../native.js";
import { misuse, refuseOtherCopy } from "../errors.js";
import { RECEIVE, type Incoming } from "../internal.js";
import { readLogger } from "../log.js";
import { outcomeOf } from "../outcome.js";
import { WebhookReceiver, type WebhookAnswer } from "../receiver.js";
import { handling } from "../requests.js";

/** A receiver, or a function that chooses one for a request, by its tenant for example: `(request) => receiver.withVerifier(secretOf(request))`. */
export type ReceiverFor<Request> = WebhookReceiver | ((request: Request) => WebhookReceiver | Promise<WebhookReceiver>);

/** How an adapter receives a delivery. The promise is never rejected: if no receiver can be chosen, the response is 500. */
export function receiving<Request>(receiver: ReceiverFor<Request>): (request: Request, incoming: Incoming) => Promise<WebhookAnswer> {
  if (typeof receiver !== "function") {
    const only = checked(receiver);
    return (request, incoming) => handling(request, () => only[RECEIVE](incoming));
  }
  return async (request, incoming) => {
    let own: WebhookReceiver;
    try {
      own = checked(await receiver(request));
    } catch (error) {
      const { record, status, headers, body } = outcomeOf(native.usualEnding(), null, error);
      logAsUsual(record);
      return { status, headers, body };
    }
    return handling(request, () => own[RECEIVE](incoming));
  };
}

const logAsUsual = readLogger(undefined);

/** The receiver of an adapter. */
function checked(receiver: unknown): WebhookReceiver {
  if (receiver instanceof WebhookReceiver) return receiver;
  refuseOtherCopy(receiver, "receiver");
  throw misuse("receiver must be a WebhookReceiver", "Pass new WebhookReceiver(secret, router), or a function that returns one for a request.");
}
