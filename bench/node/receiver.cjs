// The guide's Express receiver, at /guide with its own function and at /ours with the package's.
const assert = require("node:assert/strict");
const express = require("express");
const guide = require("./guide.cjs");
const ours = require("@payvost/webhooks");

const app = express();

app.post("/guide", express.raw({ type: "application/json" }), webhook(guide.verifyWebhook));
app.post("/ours", express.raw({ type: "application/json" }), webhook(ours.verifyWebhook));

function webhook(verifyWebhook) {
  return (req, res) => {
    const signature = req.headers["payvost-signature"];
    const secret = process.env.WEBHOOK_SECRET;

    try {
      const event = verifyWebhook(req.body, signature, secret);
      handleWebhookEvent(event);
      res.json({ received: true });
    } catch (error) {
      res.status(400).send(error.message);
    }
  };
}

function handleWebhookEvent(event) {
  assert.equal(event.type, "payment.succeeded");
}

app.listen(process.env.PORT, "127.0.0.1", (error) => {
  if (error) throw error;
});
