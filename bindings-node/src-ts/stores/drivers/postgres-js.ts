import type { Transactions } from "./driver.js";

const BYTEA = 17;

/** The function of postgres.js. */
export function postgresJs(sql: any): Transactions {
  return {
    dialect: "postgres",
    placeholders: "numbered",
    transact: (run) => sql.begin(run),
    async run(transaction, text, values) {
      // As the server sent them, regardless of the types and transforms of the program.
      const result = await transaction.unsafe(text, values).raw();
      const read = (bytes: Buffer | null, index: number) => (bytes === null ? null : valueOf(bytes, result.columns[index].type));
      return { rows: result.map((row: (Buffer | null)[]) => row.map(read)), changed: Number(result.count ?? 0) };
    },
  };
}

function valueOf(bytes: Buffer, type: number): unknown {
  const text = bytes.toString();
  return type === BYTEA ? Buffer.from(text.slice(2), "hex") : text;
}
