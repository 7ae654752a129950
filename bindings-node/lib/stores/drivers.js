"use strict";

// How to get at a connection of the user's own client, and what to say to it. A driver has:
//
//   dialect, placeholders   as the core names them
//   open(signal)            a session: one connection, until `close`
//
// and a session:
//
//   connection              the client's own, for the handler of an inbox
//   autocommits()           whether each statement is a transaction by itself
//   begin(signal), commit(signal), rollback()
//   rows(text, values), change(text, values)   the rows; how many rows it changed
//   destroy()               ends a connection of which nobody knows what it is doing
//   close()                 gives it back

const { misuse } = require("../errors.js");
const { mysql } = require("./drivers/mysql.js");
const { postgres } = require("./drivers/postgres.js");
const { sqlite } = require("./drivers/sqlite.js");

function driverOf(pool) {
  const has = (...names) => names.every((name) => typeof pool?.[name] === "function");
  if (has("prepare", "exec")) return sqlite(pool);
  if (has("getConnection", "promise")) return mysql(pool.promise()); // that with callbacks
  if (has("getConnection", "execute")) return mysql(pool);
  if (has("connect", "query") && "totalCount" in pool) return postgres(pool);
  throw misuse(
    "this is no database that can be the store",
    "Pass a Pool of pg, a pool of mysql2, or a database of better-sqlite3 or node:sqlite. A single client cannot be shared by deliveries.",
  );
}

module.exports = { driverOf };
