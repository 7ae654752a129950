// The guide's Express receiver, with its own function or with the package's: SUBJECT says which.
const assert = require("node:assert/strict");
const express = require("express");
const { verifyWebhook } = process.env.SUBJECT === "ours" ? require("@payvost/webhooks") : require("./guide.cjs");

const app = express();

app.post("/webhooks/payvost", express.raw({ type: "application/json" }), (req, res) => {
  const signature = req.headers["payvost-signature"];
  const secret = process.env.WEBHOOK_SECRET;

  try {
    const event = verifyWebhook(req.body, signature, secret);
    handleWebhookEvent(event);
    res.json({ received: true });
  } catch (error) {
    res.status(400).send(error.message);
  }
});

function handleWebhookEvent(event) {
  assert.equal(event.type, "payment.succeeded");
}

app.listen(process.env.PORT, "127.0.0.1", (error) => {
  if (error) throw error;
});
