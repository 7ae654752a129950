/**
 * Verifies webhooks from Payvost over their raw bytes, and returns the event.
 *
 * @example
 * ```ts
 * import { verifyWebhook, WebhookError } from "@payvost/webhooks";
 *
 * app.post("/webhooks/payvost", express.raw({ type: "application/json" }), (req, res) => {
 *   try {
 *     const event = verifyWebhook(req.body, req.headers["payvost-signature"], process.env.WEBHOOK_SECRET);
 *     console.log(event.type, event.id);
 *     res.json({ received: true });
 *   } catch (error) {
 *     if (error instanceof WebhookError) console.error(error.code, error.hint);
 *     res.status(400).send("Invalid webhook");
 *   }
 * });
 * ```
 *
 * @module @payvost/webhooks
 */
export type { Payload, Secret, SignatureHeader, WebhookVerifierOptions } from "./arguments.js";
export { verifyWebhook, WebhookVerifier, sign } from "./verifier.js";
export { WebhookError, ConfigurationError, SignatureVerificationError, InvalidPayloadError, EventRejectedError, type ErrorCode, type ConfigurationErrorCode, type SignatureVerificationErrorCode, type InvalidPayloadErrorCode, type EventRejectedErrorCode, type WebhookErrorDetails, } from "./errors.js";
export * from "./events.js";
export { WebhookRouter, type EventHandler, type EventOf, type EventPattern, type FamilyOf, type KnownFamilyPattern } from "./router.js";
export { WebhookReceiver, type WebhookAnswer, type WebhookOutcome, type WebhookReceiverOptions, type WebhookResult, } from "./receiver.js";
export { Payvost, type PayvostTesting, type PayvostWebhooks } from "./manage/payvost.js";
export { ApiError, type ApiErrorDetails } from "./manage/error.js";
export { Rotation } from "./manage/rotation.js";
export * from "./manage/api.js";
export * from "./manage/types.js";
export type { Fetch, FetchInit, FetchResponse } from "./manage/transport.js";
export type { Fault } from "./manage/faults.js";
export type { WebhookLogFields, WebhookLogger, WebhookLogRecord } from "./log.js";
export type { ClaimOf, ClaimTicket, ConnectionOf, WebhookClaim } from "./stores/index.js";
