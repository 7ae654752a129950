// How to get at a connection of the user's own client, and what to say to it.

export interface Driver {
  /** As the core names them. */
  readonly dialect: string;
  readonly placeholders: string;
  /** One connection, until it is closed. */
  open(): Promise<Connection>;
  /** A value as the client is to bind it. `name` is the core's. */
  value(value: unknown, name: string): unknown;
}

export interface Connection {
  /** The client's own, for the handler of an inbox, until it is closed. Transactions that are opened on it are savepoints. */
  lend(): unknown;
  /** Whether each statement is a transaction by itself. */
  readonly autocommits: boolean;
  begin(): unknown;
  commit(): unknown;
  rollback(): unknown;
  run(text: string, values: unknown[]): Ran | Promise<Ran>;
  /** Ends whatever it is doing, of which nobody knows how long it would take. */
  destroy(): void;
  /** Gives it back. */
  close(isBroken: boolean): void;
}

/** What a statement gave: rows, each a list of its columns, and how many it changed. */
export interface Ran {
  readonly rows: unknown[][];
  readonly changed: number;
}
