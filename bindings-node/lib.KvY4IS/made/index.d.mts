export { verifyWebhook, WebhookVerifier, WebhookRouter, WebhookReceiver, sign, WebhookError, ConfigurationError, SignatureVerificationError, InvalidPayloadError, EventRejectedError, Payvost, ApiError, Rotation, } from "./index.js";
export * from "./index.js";
