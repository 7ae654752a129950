import { rowsOf, type Transactions } from "./driver.js";

const DIALECTS: Readonly<Record<string, string>> = { PgDialect: "postgres", MySqlDialect: "mysql" };

/** How Drizzle names its classes, even where a bundle has renamed them. */
const KIND = Symbol.for("drizzle:entityKind");

/** A database of Drizzle, for PostgreSQL or MySQL. One for SQLite is synchronous, and has no transactions that can wait. */
export function drizzle(database: any): Transactions | undefined {
  const dialect = DIALECTS[String(database.dialect?.constructor?.[KIND])];
  if (dialect === undefined) return undefined;
  return {
    dialect,
    placeholders: dialect === "postgres" ? "numbered" : "question",
    transact: (run) => database.transaction(run),
    async run(transaction, text, values) {
      const result = await transaction.execute(statement(text, values));
      const [first] = dialect === "mysql" ? result : [result];
      // The drivers of PostgreSQL differ: pg, postgres.js, PGlite.
      return { rows: rowsOf(Array.isArray(first) ? first : first.rows), changed: Number(first.rowCount ?? first.affectedRows ?? first.count ?? 0) };
    },
  };
}

/** A statement in the form of Drizzle's `SQLWrapper`. */
function statement(sql: string, params: unknown[]) {
  const query = { getSQL: () => query, toQuery: () => ({ sql, params }) };
  return query;
}
