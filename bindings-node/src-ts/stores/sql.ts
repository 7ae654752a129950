// The core's statements on the user's own database.

import native = require("../native.js");
import { misuse, refusal } from "../errors.js";
import { FORGET_BATCH, TABLE_TIME_LIMIT_SECONDS } from "../limits.js";
import { Limit } from "./limit.js";
import { inboxSteps, leaseSteps } from "./sql-steps.js";
import { WebhookStore, type WebhookStoreOptions } from "./store.js";
import { Table } from "./table.js";

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

/** What an inbox is set to. */
export interface SqlInboxOptions extends SqlStoreOptions {
  /**
   * Whether each attempt is noted in a short transaction before that of the handler, so that an event whose workers all die leaves a dead
   * letter. Default: true.
   */
  noteAttempts?: boolean | null | undefined;
}

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
  readonly #table: Table;

  /**
   * The definition of the table as SQL, for a migration.
   *
   * @param dialect `postgres`, `mysql` (also for MariaDB) or `sqlite`.
   * @throws {ConfigurationError} `invalid_option`
   */
  static tableDefinition(dialect: "postgres" | "mysql" | "sqlite", table?: string | null): string {
    const sql = native.sqlDefinition(dialect, table);
    if (sql === undefined) throw misuse("dialect must be postgres, mysql or sqlite", "MariaDB takes that of mysql.");
    if (typeof sql !== "string") throw refusal(sql);
    return sql;
  }

  /**
   * @param pool The program's own pool. A database of SQLite is one connection: give the store one of its own.
   * @throws {ConfigurationError} `invalid_option`
   */
  constructor(pool: SqlPool, options?: SqlStoreOptions | null) {
    const { table: name, ...rest } = options ?? {};
    const table = new Table(pool, name);
    if (new.target === SqlInbox || new.target.prototype instanceof SqlInbox) {
      const { noteAttempts, ...common } = rest as SqlInboxOptions;
      if (noteAttempts != null && typeof noteAttempts !== "boolean") throw misuse("noteAttempts must be a boolean", "It is true or false.");
      super(inboxSteps(table, noteAttempts ?? true), common);
    } else {
      super(leaseSteps(table), rest);
    }
    this.#table = table;
  }

  /** Makes the table and its indexes, where they are missing. Several processes may do so at once. */
  async createTable(): Promise<void> {
    await this.#table.run("create_table", {}, new Limit(TABLE_TIME_LIMIT_SECONDS));
  }

  /**
   * Deletes what need not be remembered any longer, in batches, so that no lock is held for long.
   *
   * @returns How many events were deleted.
   */
  async forget({
    batch = FORGET_BATCH,
  }: {
    /** How many rows one statement deletes at the most. Default: 1000. */
    batch?: number | undefined;
  } = {}): Promise<number> {
    if (!Number.isSafeInteger(batch) || batch < 1) throw misuse("batch must be a whole number above 0", "It is how many rows one statement deletes.");
    const [deleted] = await this.#table.run("forget", { limit: batch }, new Limit(TABLE_TIME_LIMIT_SECONDS));
    return deleted as number;
  }
}

/**
 * The claim, what the handler writes through `claim.connection`, and the completion in one transaction, so that the effect is once. Of a
 * handler that fails nothing is left but the note that it failed.
 *
 * The handler neither commits nor rolls back. Savepoints are welcome. When it commits all the same, the event is parked: its effect is there, and
 * only `receiver.retry(key)` runs it again.
 *
 * @example
 * ```ts
 * router.on("payment.succeeded", async (event, claim) => {
 *   await claim!.connection.query("INSERT INTO payments (id, amount) VALUES ($1, $2)", [event.data.id, event.data.amount]);
 * });
 * new WebhookReceiver(process.env.WEBHOOK_SECRET, router, { store: new SqlInbox(pool) });
 * ```
 */
export class SqlInbox extends SqlStore {
  /**
   * @param pool As for {@link SqlStore}.
   * @throws {ConfigurationError} `invalid_option`
   */
  constructor(pool: SqlPool, options?: SqlInboxOptions | null) {
    super(pool, options);
  }
}
