import type { Driver, DriverSession } from "./driver.js";
import { acquire } from "./acquire.js";

/** A `Pool` of pg. */
export function postgres(pool: any): Driver {
  return {
    dialect: "postgres",
    placeholders: "numbered",
    open: async (signal) => session(await acquire<any>(pool.connect(), signal, (client) => client.release())),
  };
}

function session(client: any): DriverSession {
  let broken = false;
  // Without a listener, the end of a connection would be the end of the process.
  const noteEnd = () => (broken = true);
  client.on("error", noteEnd);
  const query = (text: string, values?: readonly unknown[]): Promise<any> => client.query(text, values);
  return {
    connection: client,
    autocommits: async () => true,
    begin: () => query("BEGIN"),
    async commit() {
      const { command } = await query("COMMIT");
      if (command !== "COMMIT") throw new Error("the transaction was rolled back");
    },
    rollback: () => query("ROLLBACK"),
    rows: async (text, values) => (await query(text, values)).rows,
    change: async (text, values) => (await query(text, values)).rowCount ?? 0,
    destroy() {
      broken = true;
      client.connection?.stream?.destroy();
    },
    close() {
      client.off("error", noteEnd);
      client.release(broken);
    },
  };
}
