"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.EventRejectedError = exports.InvalidPayloadError = exports.SignatureVerificationError = exports.ConfigurationError = exports.WebhookError = void 0;
exports.refusal = refusal;
exports.isRefusal = isRefusal;
exports.isDescription = isDescription;
exports.misuse = misuse;
const native = require("./native.js");
const { isArray } = Array;
const { setPrototypeOf } = Object;
/**
 * Why a webhook, or the set-up of its verifier, was refused. Every error of this package is one of the four classes below.
 *
 * No property holds a part of the secret, of the computed signature or of the payload: `message` is for the caller, `hint`
 * for the log.
 */
class WebhookError extends Error {
    constructor(message, { code, hint, offset = null, pointer = null }) {
        super(message);
        this.code = code;
        this.hint = hint;
        this.offset = offset;
        this.pointer = pointer;
    }
}
exports.WebhookError = WebhookError;
/** The receiver is set up wrongly; nothing the sender does can help. HTTP status 500. */
class ConfigurationError extends WebhookError {
}
exports.ConfigurationError = ConfigurationError;
/** The signature does not vouch for the payload. HTTP status 400. */
class SignatureVerificationError extends WebhookError {
}
exports.SignatureVerificationError = SignatureVerificationError;
/** The payload is too large (HTTP status 413), not JSON, or not an event (400). */
class InvalidPayloadError extends WebhookError {
}
exports.InvalidPayloadError = InvalidPayloadError;
/** A genuine event that the receiver asked not to get. HTTP status 400. */
class EventRejectedError extends WebhookError {
}
exports.EventRejectedError = EventRejectedError;
const classes = {
    WebhookError,
    ConfigurationError,
    SignatureVerificationError,
    InvalidPayloadError,
    EventRejectedError,
};
for (const [name, { prototype }] of Object.entries(classes)) {
    Object.defineProperty(prototype, "name", { value: name, writable: true, configurable: true });
}
/** Of the refusals that the native half gives a number for: what to make the exception of. */
const briefs = [];
/**
 * Makes the exceptions: of what the native half gives back when the core refuses (src/errors.rs).
 *
 * Whoever sends forgeries can send many. So the exception for them is made in the way that takes least, by `Error` itself and not
 * through constructors.
 */
function refusal(description) {
    if (typeof description !== "number")
        return described(description);
    const { message, prototype, code, hint } = (briefs[~description] ??= readBrief(~description));
    const error = Error(message);
    setPrototypeOf(error, prototype);
    error.code = code;
    error.hint = hint;
    error.offset = null;
    error.pointer = null;
    return error;
}
function readBrief(number) {
    const [name, code, message, hint] = native.describeBrief(number);
    return { message, prototype: classOf(name).prototype, code: code, hint };
}
function described([name, code, message, hint, offset, pointer]) {
    return new (classOf(name))(message, { code: code, hint, offset: offset ?? null, pointer: pointer ?? null });
}
function classOf(name) {
    return classes[name] ?? WebhookError;
}
/** Whether what came in the place of an object is a refusal. */
function isRefusal(value) {
    return typeof value === "number" || isArray(value);
}
/** The same, where what comes is a list too, though not of texts. */
function isDescription(value) {
    return typeof value[0] === "string";
}
/** What only JavaScript can get wrong: an argument of the wrong kind where the native half is not asked. */
function misuse(message, hint) {
    return new ConfigurationError(message, { code: "invalid_option", hint });
}
