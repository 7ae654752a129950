import { misuse } from "../errors.js";
import type { Driver } from "./drivers/driver.js";
import { mysql } from "./drivers/mysql.js";
import { postgres } from "./drivers/postgres.js";
import { sqlite } from "./drivers/sqlite.js";

/** The driver for a client. */
export function driverOf(pool: any): Driver {
  const has = (...names: string[]) => names.every((name) => typeof pool?.[name] === "function");
  if (has("prepare", "exec")) return sqlite(checkedDatabase(pool));
  if (has("getConnection", "importFile")) {
    throw misuse("pool must be a pool from mysql2", "Pass a pool from mysql2, which connects to MariaDB too. The driver mariadb returns results in another form.");
  }
  if (has("getConnection", "promise")) return mysql(pool.promise()); // the pool with callbacks
  if (has("getConnection", "execute")) return mysql(pool);
  if (has("connect", "query") && "totalCount" in pool) return postgres(pool);
  throw misuse(
    "pool must be a supported pool or database",
    "Pass a Pool from pg, a pool from mysql2, or a database from better-sqlite3 or node:sqlite. Deliveries cannot share a single client.",
  );
}

/** Accepts a database whose statements return rows synchronously, unlike those of sqlite3, sqlite and sql.js. */
function checkedDatabase(database: any): any {
  if (typeof database.each === "function" || isPromise(prepared(database))) {
    throw misuse("pool must be a database from better-sqlite3 or node:sqlite", "sqlite3, sqlite and sql.js return rows in another way.");
  }
  return database;
}

function prepared(database: any): unknown {
  try {
    return database.prepare("SELECT 1");
  } catch {
    return undefined; // a closed database fails at the first delivery
  }
}

function isPromise(value: any): boolean {
  if (typeof value?.then !== "function") return false;
  value.then(undefined, () => {});
  return true;
}
