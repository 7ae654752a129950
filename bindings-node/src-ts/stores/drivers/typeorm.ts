import { misuse } from "../../errors.js";
import { rowsOf, transactionEnded, type Transactions } from "./driver.js";

const DIALECTS: Readonly<Record<string, string>> = { postgres: "postgres", mysql: "mysql", mariadb: "mysql", "better-sqlite3": "sqlite" };

/** A `DataSource` of TypeORM. */
export function typeorm(source: any): Transactions {
  const dialect = DIALECTS[String(source.options?.type)];
  if (dialect === undefined) throw misuse("pool must be a DataSource for postgres, mysql, mariadb or better-sqlite3", "No other type of TypeORM is supported.");
  return {
    dialect,
    placeholders: dialect === "postgres" ? "numbered" : "question",
    transact: (run) => source.transaction(run).finally(() => dialect === "sqlite" && forgetEnded(source)),
    async run({ queryRunner }, text, values) {
      if (!queryRunner.isTransactionActive) throw transactionEnded();
      const { records, affected, raw } = await queryRunner.query(text, values, true);
      return { rows: rowsOf(records ?? (Array.isArray(raw) ? raw : [])), changed: Number(affected ?? raw?.affectedRows ?? 0) };
    },
  };
}

/**
 * TypeORM has one runner for SQLite. After a handler has sent `COMMIT` itself, that runner would go on counting its transaction, and make only
 * savepoints from then on.
 */
function forgetEnded(source: any): void {
  const runner = source.createQueryRunner();
  if (source.driver.databaseConnection?.inTransaction === false) Object.assign(runner, { isTransactionActive: false, transactionDepth: 0 });
}
