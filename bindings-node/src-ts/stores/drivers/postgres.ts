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
      const { rows, rowCount } = await client.query({ text, values, rowMode: "array", types: TYPES });
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
