// The core's statements on the user's own database.

import { misuse } from "../errors.js";
import { INNER } from "../internal.js";
import { Database } from "./database.js";
import type { Inner } from "./inner.js";
import type { Values } from "./session.js";
import { WebhookStore, type WebhookStoreOptions } from "./store.js";

/** A `Pool` of pg, a pool of mysql2, or a database of better-sqlite3 or node:sqlite. */
export type SqlPool =
  | {
      /** Gives a client: pg. */
      connect(): Promise<any>;
      /** Runs a statement on any client: pg. */
      query(text: string): Promise<any>;
      /** How many clients there are: only a pool has that. */
      readonly totalCount: number;
    }
  | {
      /** Gives a connection: mysql2/promise. */
      getConnection(): Promise<any>;
      /** Runs a statement on any connection: mysql2/promise. */
      execute(sql: string): Promise<any>;
    }
  | {
      /** Gives a connection: mysql2. */
      getConnection(callback: any): any;
      /** The same pool with promises: mysql2. */
      promise(): any;
    }
  | {
      /** Prepares a statement: SQLite. */
      prepare(sql: string): any;
      /** Runs statements: SQLite. */
      exec(sql: string): any;
    };

/** What a store in an SQL database is set to. */
export interface SqlStoreOptions extends WebhookStoreOptions {
  /** The name of the table, with a schema and a dot before it or without. Default: `payvost_webhook_claims`. */
  table?: string | null | undefined;
}

/** @internal */
export interface SqlInner extends Inner {
  readonly database: Database;
}

/** What PostgreSQL says when two processes make the same table at the same moment. */
const MADE_BY_ANOTHER = new Set(["23505", "42P07"]);

/**
 * Claims in a table of PostgreSQL 12, MySQL 8 or MariaDB 10.3, SQLite 3.35, or later ones. Each step is a transaction of its own.
 *
 * @example
 * ```ts
 * const store = new SqlStore(new Pool({ connectionString: process.env.DATABASE_URL }));
 * await store.createTable(); // or a migration
 * ```
 */
export class SqlStore extends WebhookStore {
  readonly #database: Database;

  /**
   * @param pool The program's own pool. A database of SQLite is one connection: give the store one of its own.
   * @throws {ConfigurationError} `invalid_option`
   */
  constructor(pool: SqlPool, options?: SqlStoreOptions | null) {
    const { table, ...common } = options ?? {};
    const database = new Database(pool, table);
    super(database.steps(), common);
    this.#database = database;
  }

  /** Makes the table and its indexes, where they are missing. */
  async createTable(): Promise<void> {
    const names = ["create_table", "create_index_forget", "create_index_open"].filter((name) => this.#database.has(name));
    for (const name of names) {
      await this.#once(name, {}).catch((error) => {
        if (!MADE_BY_ANOTHER.has(error.code)) throw error;
      });
    }
  }

  /**
   * Deletes what need not be remembered any longer, in batches, so that no lock is held for long.
   *
   * @returns How many events were deleted.
   */
  async forget({
    batch = 1000,
  }: {
    /** How many rows one statement deletes at the most. Default: 1000. */
    batch?: number | undefined;
  } = {}): Promise<number> {
    if (!Number.isSafeInteger(batch) || batch < 1) throw misuse("the batch is no whole number above 0", "It is how many rows one statement deletes.");
    let forgotten = 0;
    for (let deleted = batch; deleted === batch; forgotten += deleted) {
      deleted = await this.#once("forget", { limit: batch });
    }
    return forgotten;
  }

  #once(name: string, values: Values): Promise<number> {
    return this.#database.transaction((session) => session.change(name, values));
  }

  /** @internal For the inbox. */
  override get [INNER](): SqlInner {
    return { ...super[INNER], database: this.#database };
  }
}
