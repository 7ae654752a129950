// Receives Payvost's webhooks with Express.
const express = require("express");
const { verifyWebhook, WebhookError, WebhookVerifier } = require("@payvost/webhooks");

const secret = process.env.WEBHOOK_SECRET;
try {
  new WebhookVerifier(secret); // a missing or mistaken secret shows now, not at the first delivery
} catch (error) {
  console.error(`WEBHOOK_SECRET cannot be used: ${error.message}. ${error.hint}`);
  process.exit(1);
}

const app = express();

app.post(
  "/webhooks/payvost",
  // The raw bytes are what was signed, so no express.json() here. The limit bounds what is read into memory; more than
  // 1 MiB is refused by the library, with a reason.
  express.raw({ type: "application/json", limit: "2mb" }),
  (req, res) => {
    const signature = req.headers["payvost-signature"];
    const payload = req.body;

    try {
      const event = verifyWebhook(payload, signature, secret);
      handleWebhookEvent(event);
      res.json({ received: true });
    } catch (error) {
      if (!(error instanceof WebhookError)) throw error; // not the sender's fault: 500, and the event comes again
      console.error(`Webhook verification failed: ${error.message}. ${error.hint}`);
      res.status(400).type("text").send(`Webhook verification failed: ${error.code}`);
    }
  },
);

function handleWebhookEvent(event) {
  switch (event.type) {
    case "payment.succeeded":
      console.log("Paid:", event.data.amount, event.data.currency);
      break;
    case "payment.failed":
      console.log("Not paid:", event.data.failureCode);
      break;
    default:
      // New types may come at any time: let pass, they are not sent again and again.
      console.log("Unhandled event type:", event.type, event.id);
  }
}

app.listen(process.env.PORT ?? 3000, "127.0.0.1", (error) => {
  if (error) throw error;
});
