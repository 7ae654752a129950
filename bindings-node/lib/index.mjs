import webhooks from "./index.js";

export const {
  verifyWebhook,
  WebhookVerifier,
  sign,
  WebhookError,
  ConfigurationError,
  SignatureVerificationError,
  InvalidPayloadError,
  EventRejectedError,
} = webhooks;
