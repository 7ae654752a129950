"use strict";

const { misuse } = require("./errors.js");
const native = require("./native.js");
const { sign } = require("./verifier.js");

function sampleEvent(type, overrides = {}) {
  const text = native.sampleEvent(type);
  if (text === undefined) {
    throw misuse("there is no sample of this type", "Take a documented type, and give another in the overrides: { type: … }.");
  }
  return merged(JSON.parse(text), overrides);
}

function signedRequest(event, secret) {
  const body = typeof event === "string" || ArrayBuffer.isView(event) ? event : JSON.stringify(event);
  return { body, headers: { "Content-Type": "application/json", "Payvost-Signature": sign(body, secret) } };
}

/** Objects are merged at any depth, everything else is replaced. */
function merged(value, override) {
  if (!isObject(value) || !isObject(override)) return override;
  const parts = Object.entries(override);
  const replaced = parts.map(([key, part]) => [key, Object.hasOwn(value, key) ? merged(value[key], part) : part]);
  return Object.fromEntries([...Object.entries(value), ...replaced]);
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

module.exports = { sampleEvent, signedRequest };
