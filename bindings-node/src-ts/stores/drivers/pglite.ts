import { rowsOf, transactionEnded, type Transactions } from "./driver.js";

/** A database of PGlite: a single connection, whose transactions wait for each other. */
export function pglite(database: any): Transactions {
  return {
    dialect: "postgres",
    placeholders: "numbered",
    transact: (run) => database.transaction(run),
    async run(transaction, text, values) {
      if (transaction.closed) throw transactionEnded();
      const { rows, affectedRows } = await transaction.query(text, values, { rowMode: "array" });
      return { rows: rowsOf(rows), changed: Number(affectedRows ?? 0) };
    },
  };
}
