// How to get a connection from the host's client, and how to use it.

export interface Driver {
  /** By the names that the core uses. */
  readonly dialect: string;
  readonly placeholders: string;
  /** One connection, until it is closed. */
  open(): Promise<Connection>;
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
