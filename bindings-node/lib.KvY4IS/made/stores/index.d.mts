export { MemoryStore, RedisStore, SqlStore, SqlInbox, WebhookStore } from "./index.js";
export * from "./index.js";
