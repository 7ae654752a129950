"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.mysql = mysql;
const acquire_js_1 = require("./acquire.js");
/** A pool of mysql2 with promises. */
function mysql(pool) {
    return {
        dialect: "mysql",
        placeholders: "question",
        open: async (signal) => session(await (0, acquire_js_1.acquire)(pool.getConnection(), signal, (connection) => connection.release())),
    };
}
/** Which connections do: the server and the program may have turned it off. */
const AUTOCOMMIT = new WeakMap();
function session(connection) {
    let broken = false;
    const execute = async (sql, values) => {
        // As text: a number would be sent as a floating-point one, which LIMIT refuses.
        const bound = values.map((value) => (typeof value === "number" ? String(value) : value));
        const [result] = await connection.execute({ sql, rowsAsArray: false }, bound);
        return result;
    };
    return {
        connection,
        async autocommits() {
            const { connection: socket } = connection;
            if (!AUTOCOMMIT.has(socket)) {
                const [row] = await execute("SELECT @@autocommit AS autocommit", []);
                AUTOCOMMIT.set(socket, Number(row.autocommit) === 1);
            }
            return AUTOCOMMIT.get(socket) === true;
        },
        begin: () => connection.query("START TRANSACTION"),
        commit: () => connection.query("COMMIT"),
        rollback: () => connection.query("ROLLBACK"),
        rows: execute,
        change: async (text, values) => (await execute(text, values)).affectedRows,
        destroy() {
            broken = true;
            connection.destroy();
        },
        close() {
            if (!broken)
                connection.release();
        },
    };
}
