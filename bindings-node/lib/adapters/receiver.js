"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.checked = checked;
const errors_js_1 = require("../errors.js");
const receiver_js_1 = require("../receiver.js");
/** The receiver that an adapter was given. */
function checked(receiver) {
    if (receiver instanceof receiver_js_1.WebhookReceiver)
        return receiver;
    throw (0, errors_js_1.misuse)("the receiver is no WebhookReceiver", "An adapter takes new WebhookReceiver(secret, router).");
}
