import type { Driver, DriverSession } from "./driver.js";
import { acquire } from "./acquire.js";

/** A pool of mysql2 with promises. */
export function mysql(pool: any): Driver {
  return {
    dialect: "mysql",
    placeholders: "question",
    open: async (signal) => session(await acquire<any>(pool.getConnection(), signal, (connection) => connection.release())),
  };
}

/** Which connections do: the server and the program may have turned it off. */
const AUTOCOMMIT = new WeakMap<object, boolean>();

function session(connection: any): DriverSession {
  let broken = false;
  const execute = async (sql: string, values: readonly unknown[]): Promise<any> => {
    // As text: a number would be sent as a floating-point one, which LIMIT refuses.
    const bound = values.map((value) => (typeof value === "number" ? String(value) : value));
    const [result] = await connection.execute({ sql, rowsAsArray: false }, bound);
    return result;
  };
  return {
    connection,
    async autocommits() {
      const { connection: socket } = connection;
      if (!AUTOCOMMIT.has(socket)) {
        const [row] = await execute("SELECT @@autocommit AS autocommit", []);
        AUTOCOMMIT.set(socket, Number(row.autocommit) === 1);
      }
      return AUTOCOMMIT.get(socket) === true;
    },
    begin: () => connection.query("START TRANSACTION"),
    commit: () => connection.query("COMMIT"),
    rollback: () => connection.query("ROLLBACK"),
    rows: execute,
    change: async (text, values) => (await execute(text, values)).affectedRows,
    destroy() {
      broken = true;
      connection.destroy();
    },
    close() {
      if (!broken) connection.release();
    },
  };
}
