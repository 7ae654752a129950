"use strict";

const { misuse } = require("../errors.js");
const { WebhookReceiver } = require("../receiver.js");

/** The receiver that an adapter was given. */
function checked(receiver) {
  if (receiver instanceof WebhookReceiver) return receiver;
  throw misuse("the receiver is no WebhookReceiver", "An adapter takes new WebhookReceiver(secret, router).");
}

module.exports = { checked };
