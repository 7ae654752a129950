/**
 * Stores of claims, so that an event takes effect once however often it is delivered. Pass one to a receiver as the option `store`.
 *
 * Each store uses a client of your program: `redis` or `ioredis`, `pg`, `mysql2`, `better-sqlite3` or `node:sqlite`. This package depends on
 * none of them.
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
export type { ClaimTicket, HandedOverClaim, TakenTicket, TicketClaimed, TicketInProgress, TicketOver, WebhookClaim } from "./claim.js";
export type { ClaimOf, ConnectionOf, TransactionOf } from "./claim-types.js";
export { SqlInbox, SqlStore, type SqlInboxOptions, type SqlPool, type SqlStoreOptions } from "./sql.js";
export { MemoryStore } from "./memory.js";
export { RedisStore, type RedisClient } from "./redis.js";
export type { ClaimStep, ClaimSteps, Completion, DeadLetter, KeptDelivery, StepTime } from "./steps.js";
export { WebhookStore, type WebhookStoreOptions } from "./store.js";
