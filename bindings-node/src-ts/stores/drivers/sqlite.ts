import { setTimeout as sleep } from "node:timers/promises";
import type { Driver, DriverSession } from "./driver.js";

/** How long to wait for another process that is writing, where nobody else sets a limit. */
const PATIENCE_MS = 5_000;
const PAUSE_MS = 5;

/** A database of better-sqlite3 or of node:sqlite: one connection, which deliveries use in turn. */
export function sqlite(database: any): Driver {
  const turns = turnsOf(database);
  const statements = new Map<string, any>();
  const prepared = (text: string): any => {
    if (!statements.has(text)) statements.set(text, database.prepare(text));
    return statements.get(text);
  };
  return {
    dialect: "sqlite",
    placeholders: "question",
    async open(signal) {
      const done = await turns.take();
      if (!signal?.aborted) return session(database, prepared, done);
      done();
      throw new Error("the turn came too late");
    },
  };
}

function session(database: any, prepared: (text: string) => any, done: () => void): DriverSession {
  // As integers: a number would be bound as a floating-point one.
  const bound = (values: readonly unknown[]) => values.map((value) => (typeof value === "number" ? BigInt(value) : value));
  return {
    connection: database,
    // It does, but the statement would wait for other writers with the whole thread: see `patiently`.
    autocommits: async () => false,
    async begin(signal) {
      await patiently(database, "BEGIN IMMEDIATE", signal);
    },
    async commit(signal) {
      await patiently(database, "COMMIT", signal);
    },
    rollback: async () => undo(database),
    rows: async (text, values) => prepared(text).all(...bound(values)),
    change: async (text, values) => Number(prepared(text).run(...bound(values)).changes),
    // The connection cannot hang, and is the user's.
    destroy: () => undo(database),
    close: done,
  };
}

/** Ends a transaction, if there still is one: a handler may have ended it. */
function undo(database: any): void {
  try {
    database.exec("ROLLBACK");
  } catch {
    // There was none.
  }
}

/**
 * Waits for a writer in another process without holding up this one. SQLite's own way of waiting stops the whole thread, so that is turned
 * off meanwhile.
 */
async function patiently(database: any, text: string, signal: AbortSignal | undefined): Promise<void> {
  const started = performance.now();
  for (;;) {
    // Nobody waits any longer, so nothing may begin.
    signal?.throwIfAborted();
    const { timeout } = database.prepare("PRAGMA busy_timeout").get();
    try {
      database.exec("PRAGMA busy_timeout = 0");
      return database.exec(text);
    } catch (error) {
      if (!isBusy(error) || (!signal && performance.now() - started > PATIENCE_MS)) throw error;
    } finally {
      database.exec(`PRAGMA busy_timeout = ${Number(timeout)}`);
    }
    await sleep(PAUSE_MS);
  }
}

function isBusy(error: any): boolean {
  return error?.code === "SQLITE_BUSY" || error?.errcode === 5;
}

/** The turns of each database, whichever stores share it. */
const TURNS = new WeakMap<object, Turns>();

function turnsOf(database: object): Turns {
  const turns = TURNS.get(database) ?? new Turns();
  TURNS.set(database, turns);
  return turns;
}

class Turns {
  #last: Promise<void> = Promise.resolve();

  /** Waits for all who came before, and gives what ends the turn. */
  async take(): Promise<() => void> {
    const before = this.#last;
    let done!: () => void;
    this.#last = new Promise((resolve) => (done = resolve));
    await before;
    return done;
  }
}
