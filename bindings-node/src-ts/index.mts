// Exports the same objects as `require`, so an error is an instance of its class regardless of how each was loaded.
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
  Payvost,
  ApiError,
  Rotation,
} from "./index.js";
export type * from "./index.js";
