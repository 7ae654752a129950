"use strict";

const native = require("./native.js");
const { readOptions, readSecrets } = require("./arguments.js");
const { refusal } = require("./errors.js");
const { CHECK, MATCHING_SECRET } = require("./internal.js");

// What was verified is a string by then, so that nothing can be changed between the check and this.
const { parse } = JSON;

function verifyWebhook(payload, signature, secret) {
  const text = native.verifyWebhook(payload, signature, readSecrets(secret));
  if (typeof text !== "string") throw refusal(text);
  return parse(text);
}

class WebhookVerifier {
  #check;

  constructor(secret, options) {
    const check = native.createVerifier(readSecrets(secret), ...readOptions(options));
    if (typeof check !== "function") throw refusal(check);
    this.#check = check;
  }

  verify(payload, signature) {
    const text = this.#check(payload, signature, true);
    if (typeof text !== "string") throw refusal(text);
    return parse(text);
  }

  verifySignature(payload, signature) {
    const problem = this.#check(payload, signature, false);
    if (problem !== undefined) throw refusal(problem);
  }

  matchingSecret(payload, signature) {
    const position = this.#check(payload, signature, MATCHING_SECRET);
    if (typeof position !== "number") throw refusal(position);
    return position;
  }

  /** For `WebhookReceiver`, which wants more than `verify` returns. */
  [CHECK](payload, signature, mode) {
    return this.#check(payload, signature, mode);
  }
}

function sign(payload, secret) {
  const signature = native.sign(payload, secret);
  if (typeof signature !== "string") throw refusal(signature);
  return signature;
}

module.exports = { verifyWebhook, WebhookVerifier, sign };
