// How to get a connection from the host's client, and how to use it.

export interface Driver {
  /** By the names that the core uses. */
  readonly dialect: string;
  readonly placeholders: string;
  /** One connection, until it is closed; for an ORM, one in a new transaction of its own. */
  open(): Promise<Connection>;
  /** How to use the transactions of an ORM, which begins and ends them itself. */
  readonly transactions?: Transactions | undefined;
  /** Converts a parameter for the client. The core chose `name`. */
  value(value: unknown, name: string): unknown;
}

export interface Connection {
  /** The client's connection, for the handler of an inbox, until it is closed. Transactions on it become savepoints. */
  lend(): unknown;
  /** Whether each statement is a transaction of its own. */
  readonly autocommits: boolean;
  begin(): unknown;
  commit(): unknown;
  rollback(): unknown;
  run(text: string, values: unknown[]): Ran | Promise<Ran>;
  /** Ends the running statement, which might take any time. */
  destroy(): void;
  /** Returns the connection to its pool. */
  close(isBroken: boolean): void;
}

/** The result of a statement: rows, each a list of its columns, and the number of changed rows. */
export interface Ran {
  readonly rows: unknown[][];
  readonly changed: number;
}

/** Runs a function in a transaction: commits when its promise is fulfilled, and rolls back when it is rejected. */
export type Transact = (run: (transaction: any) => Promise<unknown>) => Promise<unknown>;

/** The transactions of an ORM, or of a client that keeps its connections to itself. */
export interface Transactions {
  /** By the names that the core uses. */
  readonly dialect: string;
  readonly placeholders: string;
  /** The ORM's own function for transactions. */
  readonly transact: Transact;
  /** Runs a statement in such a transaction. */
  run(transaction: any, text: string, values: unknown[]): Promise<Ran>;
}

const GIVES_ROWS = /^\s*SELECT\b|\bRETURNING\b/;

/** Whether a statement of the core returns rows, for clients that have two functions. */
export function givesRows(text: string): boolean {
  return GIVES_ROWS.test(text);
}

/** Rows as lists of their columns, from a client that returns objects, or bytes that are not a `Buffer`. */
export function rowsOf(rows: readonly unknown[] | null | undefined): unknown[][] {
  return (rows ?? []).map((row) => Object.values(row as object).map(bufferOf));
}

function bufferOf(value: unknown): unknown {
  return value instanceof Uint8Array && !Buffer.isBuffer(value) ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
}

/** The error of a transaction that the handler has ended, in the terms of SQL: its ORM runs nothing more in it. */
export function transactionEnded(): Error {
  return Object.assign(new Error("the transaction has ended"), { code: "25P01" });
}
