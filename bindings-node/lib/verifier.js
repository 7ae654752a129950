"use strict";

const native = require("./native.js");
const { readOptions, readSecrets } = require("./arguments.js");
const { isRefusal, refusal } = require("./errors.js");
const { build } = require("./event.js");
const { CHECK, MATCHING_SECRET } = require("./internal.js");

function verifyWebhook(payload, signature, secret) {
  const event = native.verifyWebhook(payload, signature, readSecrets(secret), build);
  if (isRefusal(event)) throw refusal(event);
  return event;
}

class WebhookVerifier {
  #check;

  constructor(secret, options) {
    const check = native.createVerifier(readSecrets(secret), ...readOptions(options));
    if (typeof check !== "function") throw refusal(check);
    this.#check = check;
  }

  verify(payload, signature) {
    const event = this.#check(payload, signature, true, build);
    if (isRefusal(event)) throw refusal(event);
    return event;
  }

  verifySignature(payload, signature) {
    const problem = this.#check(payload, signature, false);
    if (problem !== undefined) throw refusal(problem);
  }

  matchingSecret(payload, signature) {
    const position = this.#check(payload, signature, MATCHING_SECRET);
    if (!(position >= 0)) throw refusal(position);
    return position;
  }

  /** For `WebhookReceiver`, which wants more than `verify` returns. */
  [CHECK](payload, signature, mode, prefix) {
    return this.#check(payload, signature, mode, build, prefix);
  }
}

function sign(payload, secret) {
  const signature = native.sign(payload, secret);
  if (typeof signature !== "string") throw refusal(signature);
  return signature;
}

module.exports = { verifyWebhook, WebhookVerifier, sign };
