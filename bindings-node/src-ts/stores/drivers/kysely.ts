import { misuse } from "../../errors.js";
import { rowsOf, transactionEnded, type Transactions } from "./driver.js";

/** A `Kysely` instance. */
export function kysely(database: any): Transactions {
  const dialect = dialectOf(database.getExecutor().adapter);
  return {
    dialect,
    placeholders: dialect === "postgres" ? "numbered" : "question",
    transact: (run) => database.transaction().execute(run),
    async run(transaction, sql, parameters) {
      if (transaction.isCommitted || transaction.isRolledBack) throw transactionEnded();
      const { rows, numAffectedRows } = await transaction.executeQuery(statement(sql, parameters));
      return { rows: rowsOf(rows), changed: Number(numAffectedRows ?? 0) };
    },
  };
}

/** By what the database can do: the names of classes change in a bundle. */
function dialectOf({ supportsTransactionalDdl, supportsReturning, supportsOutput }: any): string {
  if (supportsOutput) throw misuse("pool must be a Kysely instance for PostgreSQL, MySQL or SQLite", "No other dialect is supported.");
  if (supportsTransactionalDdl) return "postgres";
  return supportsReturning ? "sqlite" : "mysql";
}

/** A statement in the form of Kysely's `CompiledQuery`. */
function statement(sql: string, parameters: unknown[]) {
  return { sql, parameters, query: { kind: "RawNode", sqlFragments: [sql], parameters: [] }, queryId: { queryId: "payvost" } };
}
