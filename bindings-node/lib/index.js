"use strict";

const { classes } = require("./errors.js");
const { WebhookReceiver } = require("./receiver.js");
const { WebhookRouter } = require("./router.js");
const { WebhookVerifier, sign, verifyWebhook } = require("./verifier.js");

module.exports = { verifyWebhook, WebhookVerifier, WebhookRouter, WebhookReceiver, sign, ...classes };
