"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.postgres = postgres;
const acquire_js_1 = require("./acquire.js");
/** A `Pool` of pg. */
function postgres(pool) {
    return {
        dialect: "postgres",
        placeholders: "numbered",
        open: async (signal) => session(await (0, acquire_js_1.acquire)(pool.connect(), signal, (client) => client.release())),
    };
}
function session(client) {
    let broken = false;
    // Without a listener, the end of a connection would be the end of the process.
    const noteEnd = () => (broken = true);
    client.on("error", noteEnd);
    const query = (text, values) => client.query(text, values);
    return {
        connection: client,
        autocommits: async () => true,
        begin: () => query("BEGIN"),
        async commit() {
            const { command } = await query("COMMIT");
            if (command !== "COMMIT")
                throw new Error("the transaction was rolled back");
        },
        rollback: () => query("ROLLBACK"),
        rows: async (text, values) => (await query(text, values)).rows,
        change: async (text, values) => (await query(text, values)).rowCount ?? 0,
        destroy() {
            broken = true;
            client.connection?.stream?.destroy();
        },
        close() {
            client.off("error", noteEnd);
            client.release(broken);
        },
    };
}
