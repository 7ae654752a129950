import { misuse } from "../../errors.js";
import { givesRows, rowsOf, transactionEnded, type Transactions } from "./driver.js";

const DIALECTS: Readonly<Record<string, string>> = { postgresql: "postgres", postgres: "postgres", mysql: "mysql", sqlite: "sqlite" };

/** A client of Prisma. */
export function prisma(client: any): Transactions {
  const dialect = DIALECTS[String(client._activeProvider ?? client._engineConfig?.activeProvider)];
  if (dialect === undefined) throw misuse("pool must be a Prisma client for PostgreSQL, MySQL, MariaDB or SQLite", "No other provider is supported.");
  return {
    dialect,
    placeholders: dialect === "postgres" ? "numbered" : "question",
    transact: (run) => client.$transaction(run),
    async run(transaction, text, values) {
      try {
        if (givesRows(text)) return { rows: rowsOf(await transaction.$queryRawUnsafe(text, ...values)), changed: 0 };
        return { rows: [], changed: Number(await transaction.$executeRawUnsafe(text, ...values)) };
      } catch (error: any) {
        // Prisma has a time limit for transactions, and ends them itself.
        throw error?.code === "P2028" ? transactionEnded() : asOfDatabase(error);
      }
    },
  };
}

/** Prisma has a code of its own for every failed statement, and the database's in the details. */
function asOfDatabase(error: any): unknown {
  const { originalCode, originalMessage } = error?.meta?.driverAdapterError?.cause ?? {};
  if (typeof originalCode === "string") Object.assign(error, { code: originalCode, errno: Number(originalCode), message: originalMessage });
  return error;
}
