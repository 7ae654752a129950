import { misuse } from "../../errors.js";
import { rowsOf, transactionEnded, type Transactions } from "./driver.js";

const DIALECTS: Readonly<Record<string, string>> = { postgresql: "postgres", mysql: "mysql", sqlite3: "sqlite" };

/** A `Knex` instance. */
export function knex(database: any): Transactions {
  const dialect = DIALECTS[String(database.client.dialect)];
  if (dialect === undefined) throw misuse("pool must be a Knex instance for PostgreSQL, MySQL, MariaDB or SQLite", "No other client is supported.");
  return {
    dialect,
    placeholders: "question",
    transact: (run) => database.transaction(run),
    async run(transaction, text, values) {
      if (transaction.isCompleted()) throw transactionEnded();
      // Knex cannot describe an error with a BigInt among its values.
      const result = await transaction.raw(text, values.map((value) => (typeof value === "bigint" ? Number(value) : value)));
      const [first] = dialect === "mysql" ? result : [result];
      return { rows: rowsOf(Array.isArray(first) ? first : first?.rows), changed: Number(first?.rowCount ?? first?.affectedRows ?? first?.changes ?? 0) };
    },
  };
}
