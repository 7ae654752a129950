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
    throw misuse("pool must be a pool of mysql2", "The driver mariadb gives its results in another form. mysql2 speaks to MariaDB as well.");
  }
  if (has("getConnection", "promise")) return mysql(pool.promise()); // the pool with callbacks
  if (has("getConnection", "execute")) return mysql(pool);
  if (has("connect", "query") && "totalCount" in pool) return postgres(pool);
  throw misuse(
    "pool must be a supported pool or database",
    "Pass a Pool from pg, a pool from mysql2, or a database from better-sqlite3 or node:sqlite. Deliveries cannot share a single client.",
  );
}

/** A database whose statements give their rows at once. Those of sqlite3, sqlite and sql.js do not. */
function checkedDatabase(database: any): any {
  if (typeof database.each === "function" || isPromise(prepared(database))) {
    throw misuse("database must be of better-sqlite3 or node:sqlite", "sqlite3, sqlite and sql.js give rows in another way.");
  }
  return database;
}

function prepared(database: any): unknown {
  try {
    return database.prepare("SELECT 1");
  } catch {
    return undefined; // one that is closed tells so at the first delivery
  }
}

function isPromise(value: any): boolean {
  if (typeof value?.then !== "function") return false;
  value.then(undefined, () => {});
  return true;
}
