// As receivers.mts, in a CommonJS module.
import webhooks = require("@payvost/webhooks");
import express = require("express");
import adapter = require("@payvost/webhooks/express");
import testing = require("@payvost/webhooks/testing");

const router = new webhooks.WebhookRouter().on("user.kyc_rejected", ({ data }) => data.requiredActions.join());
const receiver = new webhooks.WebhookReceiver("whsec_example", router);
const signature: string = testing.signedRequest(testing.sampleEvent("user.created"), "whsec_example").headers["Payvost-Signature"];

express().post("/", adapter.expressHandler(receiver));

export = signature;
