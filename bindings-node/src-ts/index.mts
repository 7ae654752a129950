// The same objects as `require` gives: an error is an instance of its class, however either was loaded.
export {
  verifyWebhook,
  WebhookVerifier,
  WebhookRouter,
  WebhookReceiver,
  sign,
  WebhookError,
  ConfigurationError,
  SignatureVerificationError,
  InvalidPayloadError,
  EventRejectedError,
} from "./index.js";
export type * from "./index.js";
