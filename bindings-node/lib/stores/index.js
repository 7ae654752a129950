"use strict";
/**
 * Stores of claims, so that an event takes effect once however often it is delivered. A receiver is given one with its option `store`.
 *
 * The clients are the program's own: `redis` or `ioredis`, `pg`, `mysql2`, `better-sqlite3` or `node:sqlite`. None of them is needed
 * by this package.
 *
 * @example
 * ```ts
 * import { createClient } from "redis";
 * import { RedisStore } from "@payvost/webhooks/stores";
 *
 * const client = await createClient({ url: process.env.REDIS_URL }).on("error", console.error).connect();
 * const receiver = new WebhookReceiver(process.env.WEBHOOK_SECRET, router, { store: new RedisStore(client) });
 * ```
 *
 * @packageDocumentation
 *
 * @module @payvost/webhooks/stores
 */
Object.defineProperty(exports, "__esModule", { value: true });
exports.WebhookStore = exports.SqlStore = exports.RedisStore = exports.MemoryStore = exports.SqlInbox = void 0;
var inbox_js_1 = require("./inbox.js");
Object.defineProperty(exports, "SqlInbox", { enumerable: true, get: function () { return inbox_js_1.SqlInbox; } });
var memory_js_1 = require("./memory.js");
Object.defineProperty(exports, "MemoryStore", { enumerable: true, get: function () { return memory_js_1.MemoryStore; } });
var redis_js_1 = require("./redis.js");
Object.defineProperty(exports, "RedisStore", { enumerable: true, get: function () { return redis_js_1.RedisStore; } });
var sql_js_1 = require("./sql.js");
Object.defineProperty(exports, "SqlStore", { enumerable: true, get: function () { return sql_js_1.SqlStore; } });
var store_js_1 = require("./store.js");
Object.defineProperty(exports, "WebhookStore", { enumerable: true, get: function () { return store_js_1.WebhookStore; } });
