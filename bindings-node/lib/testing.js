"use strict";
/**
 * For the tests of your own handlers: the documented events, and requests with a right signature.
 *
 * @module @payvost/webhooks/testing
 */
Object.defineProperty(exports, "__esModule", { value: true });
exports.sampleEvent = sampleEvent;
exports.signedRequest = signedRequest;
const native = require("./native.js");
const errors_js_1 = require("./errors.js");
const verifier_js_1 = require("./verifier.js");
/**
 * A documented event with all of its documented fields.
 *
 * @param type The type, such as `payment.succeeded`.
 * @param overrides What is to differ. Objects are merged at any depth, everything else is replaced.
 * @throws {ConfigurationError} `invalid_option`: the type is not documented.
 *
 * @example
 * ```ts
 * const event = sampleEvent("payment.succeeded", { id: "evt_7", data: { amount: "12.50" } });
 * ```
 */
function sampleEvent(type, overrides) {
    const text = native.sampleEvent(type);
    if (text === undefined) {
        throw (0, errors_js_1.misuse)("there is no sample of this type", "Take a documented type, and give another in the overrides: { type: … }.");
    }
    return merged(JSON.parse(text), overrides ?? {});
}
function signedRequest(event, secret) {
    const body = typeof event === "string" || ArrayBuffer.isView(event) ? event : JSON.stringify(event);
    return { body, headers: { "Content-Type": "application/json", "Payvost-Signature": (0, verifier_js_1.sign)(body, secret) } };
}
/** Objects are merged at any depth, everything else is replaced. */
function merged(value, override) {
    if (!isObject(value) || !isObject(override))
        return override;
    const parts = Object.entries(override);
    const replaced = parts.map(([key, part]) => [key, Object.hasOwn(value, key) ? merged(value[key], part) : part]);
    return Object.fromEntries([...Object.entries(value), ...replaced]);
}
function isObject(value) {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
