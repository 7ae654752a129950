"use strict";

const { SqlInbox } = require("./inbox.js");
const { MemoryStore } = require("./memory.js");
const { RedisStore } = require("./redis.js");
const { SqlStore } = require("./sql.js");
const { WebhookStore } = require("./store.js");

module.exports = { MemoryStore, RedisStore, SqlStore, SqlInbox, WebhookStore };
