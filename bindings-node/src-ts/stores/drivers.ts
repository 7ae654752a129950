import { misuse } from "../errors.js";
import type { Driver } from "./drivers/driver.js";
import { mysql } from "./drivers/mysql.js";
import { postgres } from "./drivers/postgres.js";
import { sqlite } from "./drivers/sqlite.js";

/** The driver of whatever client it is. */
export function driverOf(pool: any): Driver {
  const has = (...names: string[]) => names.every((name) => typeof pool?.[name] === "function");
  if (has("prepare", "exec")) return sqlite(pool);
  if (has("getConnection", "promise")) return mysql(pool.promise()); // that with callbacks
  if (has("getConnection", "execute")) return mysql(pool);
  if (has("connect", "query") && "totalCount" in pool) return postgres(pool);
  throw misuse(
    "this is no database that can be the store",
    "Pass a Pool of pg, a pool of mysql2, or a database of better-sqlite3 or node:sqlite. A single client cannot be shared by deliveries.",
  );
}
