"use strict";

const native = require("./native.js");

const { isArray } = Array;

class WebhookError extends Error {
  constructor(message, { code, hint, offset = null, pointer = null }) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.offset = offset;
    this.pointer = pointer;
  }
}

class ConfigurationError extends WebhookError {}
class SignatureVerificationError extends WebhookError {}
class InvalidPayloadError extends WebhookError {}
class EventRejectedError extends WebhookError {}

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

/** The descriptions that the native half gives once and has a number for. */
const described = [];

/** Makes the exceptions: of what the native half gives back when the core refuses (src/refusal.rs). */
function refusal(description) {
  if (typeof description === "number") description = described[~description] ??= native.describeBrief(~description);
  const [name, code, message, hint, offset, pointer] = description;
  return new classes[name](message, { code, hint, offset, pointer });
}

/** Whether what came in the place of an object is a refusal. */
function isRefusal(value) {
  return typeof value === "number" || isArray(value);
}

/** What only JavaScript can get wrong: an argument of the wrong kind where the native half is not asked. */
function misuse(message, hint) {
  return new ConfigurationError(message, { code: "invalid_option", hint });
}

module.exports = { classes, refusal, isRefusal, misuse };
