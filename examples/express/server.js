// Receives Payvost webhooks with Express. Each event is handled once, no matter how often it is delivered.
const express = require("express");
const { WebhookReceiver, WebhookRouter } = require("@payvost/webhooks");
const { expressHandler } = require("@payvost/webhooks/express");
const { MemoryStore } = require("@payvost/webhooks/stores");

const router = new WebhookRouter()
  .on("payment.succeeded", (event) => {
    console.log("paid:", event.id, event.data.amount, event.data.currency);
  })
  .on("transfer.*", (event) => {
    console.log("transfer:", event.id, event.type);
  })
  .on("*", (event) => {
    console.log("other:", event.id, event.type);
  });

// For one process; a restart clears it. Several processes share a database (SqlStore) or Redis (RedisStore).
const store = new MemoryStore();

let receiver;
try {
  receiver = new WebhookReceiver(process.env.WEBHOOK_SECRET, router, { store });
} catch (error) {
  console.error(`WEBHOOK_SECRET cannot be used: ${error.message}. ${error.hint}`);
  process.exit(1);
}

const app = express();
app.post("/webhooks/payvost", expressHandler(receiver));
// Put app.use(express.json()) here, after the webhook, because the signature covers the raw bytes.

app.listen(process.env.PORT ?? 3000, "127.0.0.1", (error) => {
  if (error) throw error;
});
