// The receiver of the provider's guide for Express, with its sample for idempotency. A map stands for Redis.
const crypto = require("node:crypto");
const express = require("express");

const app = express();
const kept = new Map();
const client = {
  get: async (key) => kept.get(key),
  setex: async (key, seconds, value) => kept.set(key, value),
};

function verifyWebhook(payload, signature, secret) {
  const expectedSignature = crypto.createHmac("sha256", secret).update(payload).digest("hex");

  if (signature !== expectedSignature) {
    throw new Error("Invalid webhook signature");
  }

  return JSON.parse(payload);
}

async function handleWebhookEvent(event) {
  // Check if event already processed
  const processed = await client.get(`webhook:${event.id}`);
  if (processed) {
    console.log("Event already processed:", event.id);
    return;
  }

  // Process event
  await new Promise((resolve) => setTimeout(resolve, 300));
  console.log("paid:", event.id);

  // Mark as processed (expires after 24 hours)
  await client.setex(`webhook:${event.id}`, 86400, "true");
}

app.post("/webhooks/payvost", express.raw({ type: "application/json" }), (req, res) => {
  const signature = req.headers["payvost-signature"];
  const secret = process.env.WEBHOOK_SECRET;

  try {
    const event = verifyWebhook(req.body, signature, secret);
    handleWebhookEvent(event);
    res.json({ received: true });
  } catch {
    res.status(400).send("Invalid signature");
  }
});

app.listen(process.env.PORT, "127.0.0.1");
