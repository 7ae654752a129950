export { verifyWebhook, WebhookVerifier, WebhookRouter, WebhookReceiver, sign, WebhookError, ConfigurationError, SignatureVerificationError, InvalidPayloadError, EventRejectedError, } from "./index.js";
export * from "./index.js";
