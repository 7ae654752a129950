// The guide's Express receiver, at /guide with its own function and at /ours with the package's. At /guide-redis it remembers events as the guide
// does, and at /ours-redis the package's receiver does with its store.
const assert = require("node:assert/strict");
const { openSync, writeSync } = require("node:fs");
const express = require("express");
const { createClient } = require("redis");
const guide = require("./guide.cjs");
const ours = require("@payvost/webhooks");
const { expressHandler } = require("@payvost/webhooks/express");
const { RedisStore } = require("@payvost/webhooks/stores");

const app = express();
const client = createClient({ socket: { host: "127.0.0.1", port: Number(process.env.REDIS_PORT) } });
const effects = openSync(process.env.EFFECTS, "a");

const router = new ours.WebhookRouter().on("payment.succeeded", processEvent);
const receiver = new ours.WebhookReceiver(process.env.WEBHOOK_SECRET, router, { store: new RedisStore(client, { prefix: "ours" }) });

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

app.post("/ours-redis", expressHandler(receiver));
app.post("/guide-redis", express.raw({ type: "application/json" }), async (req, res) => {
  try {
    await handleUnlessMarked(guide.verifyWebhook(req.body, req.headers["payvost-signature"], process.env.WEBHOOK_SECRET));
    res.json({ received: true });
  } catch (error) {
    res.status(400).send(error.message);
  }
});

async function handleUnlessMarked(event) {
  if (await client.get(`webhook:${event.id}`)) return;
  processEvent(event);
  await client.setEx(`webhook:${event.id}`, 86400, "true");
}

function processEvent(event) {
  writeSync(effects, `${event.id}\n`);
}

client.connect().then(() => {
  app.listen(process.env.PORT, "127.0.0.1", (error) => {
    if (error) throw error;
  });
});
