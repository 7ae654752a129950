// As sample.mts, in a CommonJS module.
import webhooks = require("@payvost/webhooks");

const verifier = new webhooks.WebhookVerifier("whsec_example");
const type: string = verifier.verify("{}", undefined).type;

export = type;
