"use strict";
// How to get at a connection of the user's own client, and what to say to it.
Object.defineProperty(exports, "__esModule", { value: true });
exports.driverOf = driverOf;
const errors_js_1 = require("../errors.js");
const mysql_js_1 = require("./drivers/mysql.js");
const postgres_js_1 = require("./drivers/postgres.js");
const sqlite_js_1 = require("./drivers/sqlite.js");
function driverOf(pool) {
    const has = (...names) => names.every((name) => typeof pool?.[name] === "function");
    if (has("prepare", "exec"))
        return (0, sqlite_js_1.sqlite)(pool);
    if (has("getConnection", "promise"))
        return (0, mysql_js_1.mysql)(pool.promise()); // that with callbacks
    if (has("getConnection", "execute"))
        return (0, mysql_js_1.mysql)(pool);
    if (has("connect", "query") && "totalCount" in pool)
        return (0, postgres_js_1.postgres)(pool);
    throw (0, errors_js_1.misuse)("this is no database that can be the store", "Pass a Pool of pg, a pool of mysql2, or a database of better-sqlite3 or node:sqlite. A single client cannot be shared by deliveries.");
}
