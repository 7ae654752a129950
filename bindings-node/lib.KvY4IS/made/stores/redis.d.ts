import { WebhookStore, type WebhookStoreOptions } from "./store.js";
/** A client of node-redis (`createClient`) or ioredis (`new Redis`). */
export type RedisClient = {
    /** Sends a command: node-redis. */
    sendCommand(command: any, options?: any): Promise<any>;
} | {
    /** Sends a command: ioredis. */
    callBuffer(command: string, ...values: any[]): Promise<any>;
};
/** Claims in Redis 5 or later: a single primary, with or without Sentinel, but not a cluster. */
export declare class RedisStore extends WebhookStore {
    /**
     * @param client The connected client of your program.
     * @throws {ConfigurationError} `invalid_option`
     */
    constructor(client: RedisClient, options?: WebhookStoreOptions | null);
}
