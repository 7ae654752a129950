import { misuse } from "../errors.js";
import type { Driver, Transact, Transactions } from "./drivers/driver.js";
import { drizzle } from "./drivers/drizzle.js";
import { knex } from "./drivers/knex.js";
import { kysely } from "./drivers/kysely.js";
import { mysql } from "./drivers/mysql.js";
import { pglite } from "./drivers/pglite.js";
import { postgresJs } from "./drivers/postgres-js.js";
import { postgres } from "./drivers/postgres.js";
import { prisma } from "./drivers/prisma.js";
import { sqlite } from "./drivers/sqlite.js";
import { transactional } from "./drivers/transactions.js";
import { typeorm } from "./drivers/typeorm.js";

/**
 * The driver for a client.
 *
 * @param transact How to run a transaction, instead of the ORM's own way.
 */
export function driverOf(pool: any, transact?: Transact | null): Driver {
  const transactions = transactionsOf(pool);
  if (transactions !== undefined) return transactional(pool, transact == null ? transactions : { ...transactions, transact });
  if (transact != null) {
    throw misuse("transaction is for ORMs, postgres.js and PGlite", "Leave it out: the inbox begins its own transaction on a connection of this pool.");
  }
  return poolOf(pool);
}

/** How to use the transactions of an ORM; `undefined` for a client whose connections a store can use itself. */
function transactionsOf(pool: any): Transactions | undefined {
  const has = (...names: string[]) => names.every((name) => typeof pool?.[name] === "function");
  if (has("$transaction", "$queryRawUnsafe")) return prisma(pool);
  if (has("createQueryRunner", "transaction")) return typeorm(pool);
  if (has("getExecutor", "transaction")) return kysely(pool);
  if (has("raw", "transactionProvider")) return knex(pool);
  if (has("begin", "unsafe", "reserve")) return postgresJs(pool);
  if (has("transaction", "execProtocol")) return pglite(pool);
  return has("transaction", "select") ? drizzle(pool) : undefined;
}

function poolOf(pool: any): Driver {
  const has = (...names: string[]) => names.every((name) => typeof pool?.[name] === "function");
  if (has("prepare", "exec")) return sqlite(checkedDatabase(pool));
  if (has("getConnection", "importFile")) {
    throw misuse("pool must be a pool from mysql2", "Pass a pool from mysql2, which connects to MariaDB too. The driver mariadb returns results in another form.");
  }
  if (has("getConnection", "promise")) return mysql(pool.promise()); // the pool with callbacks
  if (has("getConnection", "execute")) return mysql(pool);
  if (has("connect", "query") && "totalCount" in pool) return postgres(pool);
  // Drizzle on SQLite.
  if (has("transaction", "select") && typeof pool.$client?.prepare === "function") return sqlite(checkedDatabase(pool.$client), pool);
  throw misuse(
    "pool must be a supported pool or database",
    "Pass a Pool from pg, a pool from mysql2, a database from better-sqlite3 or node:sqlite, or an ORM: Prisma, TypeORM, Drizzle, Kysely, Knex, postgres.js or PGlite. " +
      "Deliveries cannot share a single client.",
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
