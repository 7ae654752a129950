import { misuse, refuseOtherCopy } from "../errors.js";
import { WebhookReceiver } from "../receiver.js";

/** The receiver of an adapter. */
export function checked(receiver: unknown): WebhookReceiver {
  if (receiver instanceof WebhookReceiver) return receiver;
  refuseOtherCopy(receiver, "receiver");
  throw misuse("receiver must be a WebhookReceiver", "Pass new WebhookReceiver(secret, router).");
}
