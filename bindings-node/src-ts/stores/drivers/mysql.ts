import type { Connection, Driver } from "./driver.js";
import { Nested, overridden } from "./nested.js";

/** A pool from mysql2 with promises. */
export function mysql(pool: any): Driver {
  return {
    dialect: "mysql",
    placeholders: "question",
    open: async () => connected(await pool.getConnection()),
    // Numbers as text: they would be sent as floating-point numbers, which LIMIT rejects. Keys as bytes: they do not depend on the charset.
    value: (value, name) => (typeof value === "number" ? String(value) : IN_UTF8.has(name) && typeof value === "string" ? Buffer.from(value) : value),
  };
}

/** Overrides a function of the pool's configuration: only a function can. */
const AS_USUAL = (_field: unknown, next: () => unknown) => next();

const IN_UTF8 = new Set(["key", "event_type", "error"]);

/** Which connections commit each statement: the server or the program may have turned it off. */
const AUTOCOMMITS = new WeakMap<object, boolean>();

async function connected(connection: any): Promise<Connection> {
  let isDestroyed = false;
  let restore = () => {};
  const nested = new Nested();
  const send = (text: string) => nested.aside(() => connection.query(text));
  const run: Connection["run"] = async (sql, values) => {
    // These override the configuration of the pool.
    const options = { sql, rowsAsArray: true, nestTables: false, typeCast: AS_USUAL };
    // Some statements cannot be prepared.
    const [result] = values.length === 0 ? await connection.query(options) : await connection.execute(options, values);
    return Array.isArray(result) ? { rows: result, changed: 0 } : { rows: [], changed: result.affectedRows };
  };
  const close = (isBroken: boolean) => {
    restore();
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
    lend() {
      const { query, execute } = socket;
      // The connection with callbacks, which all others use. An ORM that treats the connection as a pool would release it.
      restore = overridden(socket, {
        query: (what, ...rest) => query.call(socket, translated(what, nested), ...rest),
        execute: (what, ...rest) => execute.call(socket, translated(what, nested), ...rest),
        release: () => {},
      });
      return connection;
    },
    autocommits: AUTOCOMMITS.get(socket) === true,
    begin: () => send("START TRANSACTION"),
    commit: () => send("COMMIT"),
    rollback: () => send("ROLLBACK"),
    run,
    destroy() {
      isDestroyed = true;
      connection.destroy();
    },
    close,
  };
}

/** The first argument of `query`: a string, an object with the string, or a command. */
function translated(what: any, nested: Nested): unknown {
  if (typeof what === "string") return nested.translated(what);
  if (typeof what?.sql !== "string") return what;
  const sql = nested.translated(what.sql);
  if (sql === what.sql) return what;
  if (Object.getPrototypeOf(what) === Object.prototype) return { ...what, sql };
  what.sql = sql;
  return what;
}
