"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.acquire = acquire;
/** What a pool gives, unless it comes too late: then it goes to `giveBack`. */
async function acquire(pending, signal, giveBack) {
    const connection = await pending;
    if (signal?.aborted) {
        giveBack(connection);
        throw new Error("the connection came too late");
    }
    return connection;
}
