import { givesRows, type Connection, type Driver } from "./driver.js";
import { Nested, overridden } from "./nested.js";

/**
 * A database from better-sqlite3 or node:sqlite: a single connection, which deliveries use in turn.
 *
 * @param lent What a handler receives, if that is not the database but an ORM on it.
 */
export function sqlite(database: any, lent: unknown = database): Driver {
  const turns = turnsOf(database);
  const statements = new Map<string, any>();
  const prepared = (text: string): any => {
    if (!statements.has(text)) statements.set(text, database.prepare(text));
    return statements.get(text);
  };
  return {
    dialect: "sqlite",
    placeholders: "question",
    open: async () => connected(database, prepared, lent, await turns.take()),
    // As integers: numbers would be bound as floating-point numbers.
    value: (value) => (typeof value === "number" ? BigInt(value) : value),
  };
}

function connected(database: any, prepared: (text: string) => any, lent: unknown, done: () => void): Connection {
  const nested = new Nested();
  let restore = () => {};
  const rollback = () => isInTransaction(database) && nested.aside(() => database.exec("ROLLBACK"));
  return {
    lend() {
      const { prepare, exec } = database;
      restore = overridden(database, {
        prepare: (text, ...rest) => prepare.call(database, translated(text, nested), ...rest),
        exec: (text, ...rest) => exec.call(database, translated(text, nested), ...rest),
      });
      return lent;
    },
    // It does, but the statement would block the thread while it waits for other writers: see `impatiently`.
    autocommits: false,
    begin: () => nested.aside(() => impatiently(database, "BEGIN IMMEDIATE")),
    commit: () => nested.aside(() => impatiently(database, "COMMIT")),
    rollback,
    run(text, values) {
      const statement = prepared(text);
      if (!givesRows(text)) return { rows: [], changed: Number(statement.run(...values).changes) };
      return { rows: statement.all(...values).map((row: object) => Object.values(row)), changed: 0 };
    },
    // It cannot hang, and belongs to the host.
    destroy() {},
    close(isBroken) {
      restore();
      try {
        if (isBroken) rollback();
      } finally {
        done();
      }
    },
  };
}

function translated(text: unknown, nested: Nested): unknown {
  return typeof text === "string" ? nested.translated(text) : text;
}

/** A handler may have ended the transaction. */
function isInTransaction(database: any): boolean {
  return database.inTransaction ?? database.isTransaction ?? true;
}

/** SQLite would block the thread while it waits for a writer in another process, so its busy timeout is off here. */
function impatiently(database: any, text: string): void {
  const { timeout } = database.prepare("PRAGMA busy_timeout").get();
  try {
    database.exec("PRAGMA busy_timeout = 0");
    database.exec(text);
  } finally {
    database.exec(`PRAGMA busy_timeout = ${Number(timeout)}`);
  }
}

/** The turns of each database. Several stores may share it. */
const TURNS = new WeakMap<object, Turns>();

export function turnsOf(database: object): Turns {
  const turns = TURNS.get(database) ?? new Turns();
  TURNS.set(database, turns);
  return turns;
}

class Turns {
  #last: Promise<void> = Promise.resolve();

  /** Waits for all earlier turns, and returns a function that ends this one. */
  async take(): Promise<() => void> {
    const before = this.#last;
    let done!: () => void;
    this.#last = new Promise((resolve) => (done = resolve));
    await before;
    return done;
  }
}
