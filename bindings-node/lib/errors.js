"use strict";

const native = require("./native.js");

const { isArray } = Array;
const { isExtensible, setPrototypeOf } = Object;

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

/** Of the refusals that the native half gives a number for: what to make the exception of. */
const briefs = [];

/** How many calls a stack has unless somebody has set `Error.stackTraceLimit`. */
const USUAL_FRAMES = 10;

/** How many the stack of a refusal by number has then: two of this package, and the two that tell who has called it. */
const FRAMES = 4;

/**
 * Makes the exceptions: of what the native half gives back when the core refuses (src/refusal.rs).
 *
 * Whoever sends forgeries can send many. So the exception for them is made in the way that takes least, by `Error` itself and not
 * through constructors, and with a short stack: each call in it costs a tenth of a hash or more.
 */
function refusal(description) {
  if (typeof description !== "number") return described(description);
  const { message, prototype, code, hint } = (briefs[~description] ??= readBrief(~description));
  // Who has set another limit wants it, and of an Error that is frozen nothing can be set.
  const shorten = Error.stackTraceLimit === USUAL_FRAMES && isExtensible(Error);
  if (shorten) Error.stackTraceLimit = FRAMES;
  const error = Error(message);
  if (shorten) Error.stackTraceLimit = USUAL_FRAMES;
  setPrototypeOf(error, prototype);
  error.code = code;
  error.hint = hint;
  error.offset = null;
  error.pointer = null;
  return error;
}

function readBrief(number) {
  const [name, code, message, hint] = native.describeBrief(number);
  return { message, prototype: classes[name].prototype, code, hint };
}

function described([name, code, message, hint, offset, pointer]) {
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
