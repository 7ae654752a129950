// How to get at a connection of the user's own client, and what to say to it.

export interface Driver {
  /** As the core names them. */
  readonly dialect: string;
  readonly placeholders: string;
  /** One connection, until `close`. */
  open(signal: AbortSignal | undefined): Promise<DriverSession>;
}

export interface DriverSession {
  /** The client's own, for the handler of an inbox. */
  readonly connection: unknown;
  /** Whether each statement is a transaction by itself. */
  autocommits(): Promise<boolean>;
  begin(signal: AbortSignal | undefined): Promise<unknown>;
  commit(signal: AbortSignal | undefined): Promise<unknown>;
  rollback(): Promise<unknown>;
  rows(text: string, values: readonly unknown[]): Promise<any[]>;
  /** How many rows it changed. */
  change(text: string, values: readonly unknown[]): Promise<number>;
  /** Ends a connection of which nobody knows what it is doing. */
  destroy(): void;
  /** Gives it back. */
  close(): void;
}
