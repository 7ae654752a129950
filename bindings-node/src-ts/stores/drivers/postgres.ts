import { misuse } from "../../errors.js";
import type { Connection, Driver } from "./driver.js";
import { Nested, overridden } from "./nested.js";

/** A `Pool` from pg. */
export function postgres(pool: any): Driver {
  const { client_encoding: encoding, connectionString, binary } = pool.options ?? {};
  if (binary) throw misuse("pool must not use binary results", "Remove binary from the options of the Pool: pg would change the stored bytes.");
  if (!isUtf8(encoding) || !isUtf8(/[?&]client_encoding=([^&]*)/.exec(connectionString)?.[1])) {
    throw misuse("client_encoding of the pool must be UTF8", "Remove client_encoding: pg always sends UTF-8, and the server would read different ids.");
  }
  return {
    dialect: "postgres",
    placeholders: "numbered",
    open: async () => connected(await pool.connect()),
    value: (value) => value,
  };
}

function isUtf8(encoding: string | undefined): boolean {
  return !encoding || /^(?:utf-?8|unicode)$/i.test(encoding);
}

function connected(client: any): Connection {
  let isBroken = false;
  // Without a listener, a lost connection would end the process.
  const noteEnd = () => (isBroken = true);
  client.on("error", noteEnd);
  const nested = new Nested();
  const send = (text: string) => nested.aside(() => client.query(text));
  let restore = () => {};
  return {
    lend() {
      const { query } = client;
      // An ORM that treats the connection as a pool would release it.
      restore = overridden(client, { query: (what, ...rest) => query.call(client, translated(what, nested), ...rest), release: () => {} });
      return client;
    },
    autocommits: true,
    begin: () => send("BEGIN"),
    async commit() {
      const { command } = await send("COMMIT");
      if (command !== "COMMIT") throw Object.assign(new Error("the transaction was rolled back"), { code: "25P02" });
    },
    rollback: () => send("ROLLBACK"),
    async run(text, values) {
      const query = { text, values, rowMode: "array", types: TYPES };
      const name = values.length === 0 ? undefined : await preparedName(client, text);
      const { rows, rowCount } = await (name === undefined ? client.query(query) : asPrepared(client, query, name));
      return { rows, changed: rowCount ?? 0 };
    },
    destroy() {
      isBroken = true;
      client.connection?.stream?.destroy();
    },
    close(broken) {
      restore();
      client.off("error", noteEnd);
      client.release(broken || isBroken);
    },
  };
}

/** How often a connection runs statements before it prepares them, as in psycopg: a connection for a single use would gain nothing. */
const PREPARES_AFTER = 5;

/** How often each connection has run a statement, until it is known whether it prepares them. */
const USES = new WeakMap<object, number | boolean>();

/** The name of each statement. */
const NAMES = new Map<string, string>();

/** The name for a statement on a connection that prepares; otherwise `undefined`. */
async function preparedName(client: any, text: string): Promise<string | undefined> {
  let uses = USES.get(client) ?? 0;
  if (typeof uses === "number") {
    uses += 1;
    if (uses > PREPARES_AFTER) uses = await isDirect(client);
    USES.set(client, uses);
  }
  if (uses !== true) return undefined;
  const name = NAMES.get(text) ?? `payvost_webhooks_${NAMES.size}`;
  NAMES.set(text, name);
  return name;
}

/** Whether the other end is the server itself. Behind a pooler, such as PgBouncer, the next statement may meet another server connection. */
async function isDirect(client: any): Promise<boolean> {
  const { rows } = await client.query({ text: "SELECT pg_backend_pid()", rowMode: "array", types: TYPES });
  return Number(rows[0][0]) === client.processID;
}

async function asPrepared(client: any, query: object, name: string): Promise<any> {
  try {
    return await client.query({ ...query, name });
  } catch (error) {
    // Somebody has deallocated the statement, or the table has changed. In a transaction, only the next one can go on.
    if (!GONE.has((error as { code?: unknown }).code)) throw error;
    USES.set(client, false);
    return client.query(query);
  }
}

const GONE: ReadonlySet<unknown> = new Set(["26000", "0A000"]);

const BYTEA = 17;

/** Parses columns as strings, including numbers, or as bytes, regardless of the parsers of the program. */
const TYPES = {
  getTypeParser: (type: number) => (text: string) => (type === BYTEA ? Buffer.from(text.slice(2), "hex") : text),
};

/** The first argument of `query`: a string, an object with the string, or a query that submits itself. */
function translated(what: any, nested: Nested): unknown {
  if (typeof what === "string") return nested.translated(what);
  if (typeof what?.text !== "string") return what;
  const text = nested.translated(what.text);
  if (text === what.text) return what;
  if (typeof what.submit !== "function") return { ...what, text, name: undefined };
  what.text = text;
  return what;
}
