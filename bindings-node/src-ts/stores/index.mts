export { MemoryStore, RedisStore, SqlStore, SqlInbox, WebhookStore } from "./index.js";
export type * from "./index.js";
