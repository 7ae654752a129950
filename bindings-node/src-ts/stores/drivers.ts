// How to get at a connection of the user's own client, and what to say to it.

import { misuse } from "../errors.js";
import { mysql } from "./drivers/mysql.js";
import { postgres } from "./drivers/postgres.js";
import { sqlite } from "./drivers/sqlite.js";

export interface Driver {
  /** As the core names them. */
  readonly dialect: string;
  readonly placeholders: string;
  /** One connection, until `close`. */
  open(signal: AbortSignal | undefined): Promise<DriverSession>;
}

export interface DriverSession {
  /** The client's own, for the handler of an inbox. */
  readonly connection: unknown;
  /** Whether each statement is a transaction by itself. */
  autocommits(): Promise<boolean>;
  begin(signal: AbortSignal | undefined): Promise<unknown>;
  commit(signal: AbortSignal | undefined): Promise<unknown>;
  rollback(): Promise<unknown>;
  rows(text: string, values: readonly unknown[]): Promise<any[]>;
  /** How many rows it changed. */
  change(text: string, values: readonly unknown[]): Promise<number>;
  /** Ends a connection of which nobody knows what it is doing. */
  destroy(): void;
  /** Gives it back. */
  close(): void;
}

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
