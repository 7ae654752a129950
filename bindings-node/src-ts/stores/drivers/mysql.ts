import type { Connection, Driver } from "./driver.js";

/** A pool of mysql2 with promises. */
export function mysql(pool: any): Driver {
  return {
    dialect: "mysql",
    placeholders: "question",
    open: async () => connected(await pool.getConnection()),
    // As text: a number would be sent as a floating-point one, which LIMIT refuses. As bytes: a key is the same whatever the charset.
    value: (value, name) => (typeof value === "number" ? String(value) : IN_UTF8.has(name) && typeof value === "string" ? Buffer.from(value) : value),
  };
}

const IN_UTF8 = new Set(["key", "event_type", "error"]);

/** Which connections do: the server and the program may have turned it off. */
const AUTOCOMMITS = new WeakMap<object, boolean>();

async function connected(connection: any): Promise<Connection> {
  let isDestroyed = false;
  const run: Connection["run"] = async (sql, values) => {
    const options = { sql, rowsAsArray: true, nestTables: false };
    // Some statements cannot be prepared.
    const [result] = values.length === 0 ? await connection.query(options) : await connection.execute(options, values);
    return Array.isArray(result) ? { rows: result, changed: 0 } : { rows: [], changed: result.affectedRows };
  };
  const close = (isBroken: boolean) => {
    if (isDestroyed) return;
    if (isBroken) connection.destroy();
    else connection.release();
  };
  const { connection: socket } = connection;
  if (!AUTOCOMMITS.has(socket)) {
    try {
      const { rows } = await run("SELECT @@autocommit", []);
      AUTOCOMMITS.set(socket, Number(rows[0]?.[0]) === 1);
    } catch (error) {
      close(true);
      throw error;
    }
  }
  return {
    client: connection,
    autocommits: AUTOCOMMITS.get(socket) === true,
    begin: () => connection.query("START TRANSACTION"),
    commit: () => connection.query("COMMIT"),
    rollback: () => connection.query("ROLLBACK"),
    run,
    destroy() {
      isDestroyed = true;
      connection.destroy();
    },
    close,
  };
}
