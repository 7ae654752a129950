"use strict";

const Fastify = require("fastify");
const { WebhookReceiver, WebhookRouter } = require("@payvost/webhooks");
const { MemoryStore } = require("@payvost/webhooks/stores");
const { fastifyPlugin } = require("@payvost/webhooks/fastify");

const router = new WebhookRouter().on("*", (event) => console.log("paid:", event.id));
const receiver = new WebhookReceiver(process.env.WEBHOOK_SECRET, router, { store: new MemoryStore() });
const app = Fastify();

app.register(fastifyPlugin, { prefix: "/webhooks/payvost", receiver });
app.listen({ port: Number(process.env.PORT) });
