import webhooks from "./index.js";

export const {
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
} = webhooks;
