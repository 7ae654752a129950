import { misuse } from "../errors.js";
import { WebhookReceiver } from "../receiver.js";

/** The receiver that an adapter was given. */
export function checked(receiver: unknown): WebhookReceiver {
  if (receiver instanceof WebhookReceiver) return receiver;
  throw misuse("receiver must be a WebhookReceiver", "An adapter takes new WebhookReceiver(secret, router).");
}
