"use strict";
/**
 * Verify the webhooks of Payvost over their raw bytes, and read the event.
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
Object.defineProperty(exports, "__esModule", { value: true });
exports.WebhookReceiver = exports.WebhookRouter = exports.EventRejectedError = exports.InvalidPayloadError = exports.SignatureVerificationError = exports.ConfigurationError = exports.WebhookError = exports.sign = exports.WebhookVerifier = exports.verifyWebhook = void 0;
var verifier_js_1 = require("./verifier.js");
Object.defineProperty(exports, "verifyWebhook", { enumerable: true, get: function () { return verifier_js_1.verifyWebhook; } });
Object.defineProperty(exports, "WebhookVerifier", { enumerable: true, get: function () { return verifier_js_1.WebhookVerifier; } });
Object.defineProperty(exports, "sign", { enumerable: true, get: function () { return verifier_js_1.sign; } });
var errors_js_1 = require("./errors.js");
Object.defineProperty(exports, "WebhookError", { enumerable: true, get: function () { return errors_js_1.WebhookError; } });
Object.defineProperty(exports, "ConfigurationError", { enumerable: true, get: function () { return errors_js_1.ConfigurationError; } });
Object.defineProperty(exports, "SignatureVerificationError", { enumerable: true, get: function () { return errors_js_1.SignatureVerificationError; } });
Object.defineProperty(exports, "InvalidPayloadError", { enumerable: true, get: function () { return errors_js_1.InvalidPayloadError; } });
Object.defineProperty(exports, "EventRejectedError", { enumerable: true, get: function () { return errors_js_1.EventRejectedError; } });
var router_js_1 = require("./router.js");
Object.defineProperty(exports, "WebhookRouter", { enumerable: true, get: function () { return router_js_1.WebhookRouter; } });
var receiver_js_1 = require("./receiver.js");
Object.defineProperty(exports, "WebhookReceiver", { enumerable: true, get: function () { return receiver_js_1.WebhookReceiver; } });
