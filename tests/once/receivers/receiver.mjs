// The receiver in Node.js of tests/once: on Redis with leases, or on PostgreSQL as an inbox. Each handler adds a row to "effects".
import { createRequire } from "node:module";

// The package has the clients for its own tests.
const require = createRequire(new URL("../../../bindings-node/package.json", import.meta.url));
const express = require("express");
const pg = require("pg");
const { Redis } = require("ioredis");
const { WebhookReceiver, WebhookRouter } = require("@payvost/webhooks");
const { expressHandler } = require("@payvost/webhooks/express");
const { RedisStore, SqlInbox } = require("@payvost/webhooks/stores");

const INSERT = "INSERT INTO effects (receiver, event) VALUES ($1, $2)";

const { RECEIVER: name, LEASE, DATABASE_URL, REDIS_PORT, WEBHOOK_SECRET, PORT } = process.env;
const options = { prefix: name, leaseSeconds: Number(LEASE) };
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 8 });
pool.on("error", (error) => console.error("postgres:", error.code));

const router = new WebhookRouter();
let store;
if (REDIS_PORT) {
  const client = new Redis(Number(REDIS_PORT), { commandTimeout: 2000 });
  client.on("error", (error) => console.error("redis:", error.code));
  store = new RedisStore(client, options);
  router.on("*", (event) => pool.query(INSERT, [name, event.id]).then(() => {}));
} else {
  store = new SqlInbox(pool, options);
  await store.createTable();
  router.on("*", (event, { connection }) => connection.query(INSERT, [name, event.id]).then(() => {}));
}

const app = express();
app.post("/webhooks/payvost", expressHandler(new WebhookReceiver(WEBHOOK_SECRET, router, { store })));
app.listen(Number(PORT), "127.0.0.1");
