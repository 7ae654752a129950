import type { Connection, Driver } from "./driver.js";

/** A `Pool` of pg. */
export function postgres(pool: any): Driver {
  return {
    dialect: "postgres",
    placeholders: "numbered",
    open: async () => connected(await pool.connect()),
    value: (value) => value,
  };
}

function connected(client: any): Connection {
  let isBroken = false;
  // Without a listener, the end of a connection would be the end of the process.
  const noteEnd = () => (isBroken = true);
  client.on("error", noteEnd);
  return {
    client,
    autocommits: true,
    begin: () => client.query("BEGIN"),
    async commit() {
      const { command } = await client.query("COMMIT");
      if (command !== "COMMIT") throw Object.assign(new Error("the transaction was rolled back"), { code: "25P02" });
    },
    rollback: () => client.query("ROLLBACK"),
    async run(text, values) {
      const { rows, rowCount } = await client.query({ text, values, rowMode: "array" });
      return { rows, changed: rowCount ?? 0 };
    },
    destroy() {
      isBroken = true;
      client.connection?.stream?.destroy();
    },
    close(broken) {
      client.off("error", noteEnd);
      client.release(broken || isBroken);
    },
  };
}
