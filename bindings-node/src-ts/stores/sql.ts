// Claims in the host's database, by the statements of the core.

import { native } from "../native.js";
import { misuse, ofServers, refusal } from "../errors.js";
import { FORGET_BATCH, TABLE_TIME_LIMIT_SECONDS } from "../limits.js";
import { Limit } from "./limit.js";
import { inboxSteps, leaseSteps } from "./sql-steps.js";
import { WebhookStore, type WebhookStoreOptions } from "./store.js";
import { Table } from "./table.js";

/**
 * A `Pool` of pg, a pool of mysql2, a database of better-sqlite3 or node:sqlite, or an ORM: a Prisma client, a `DataSource` of TypeORM, a database
 * of Drizzle, a `Kysely` or `Knex` instance; also `sql` of postgres.js, and PGlite.
 */
export type SqlPool =
  | {
      /** Returns a client: pg. */
      connect(): Promise<any>;
      /** Runs a statement on any client: pg. */
      query(text: string): Promise<any>;
      /** The number of clients, which only a pool has. */
      readonly totalCount: number;
    }
  | {
      /** Returns a connection: mysql2/promise. */
      getConnection(): Promise<any>;
      /** Runs a statement on any connection: mysql2/promise. */
      execute(sql: string): Promise<any>;
    }
  | {
      /** Returns a connection: mysql2. */
      getConnection(callback: any): any;
      /** The same pool with promises: mysql2. */
      promise(): any;
    }
  | {
      /** Prepares a statement: SQLite. */
      prepare(sql: string): any;
      /** Runs statements: SQLite. */
      exec(sql: string): any;
    }
  | {
      /** Runs a transaction: Prisma. */
      $transaction: (...values: any[]) => any;
      /** Runs a statement: Prisma. */
      $queryRawUnsafe: (...values: any[]) => any;
    }
  | {
      /** Runs a transaction: TypeORM, Drizzle, Kysely, Knex, PGlite. */
      transaction: (...values: any[]) => any;
    }
  | {
      /** Runs a transaction: postgres.js. */
      begin: (...values: any[]) => any;
      /** Runs a statement: postgres.js. */
      unsafe: (...values: any[]) => any;
    };

/** Options of a store in an SQL database. */
export interface SqlStoreOptions extends WebhookStoreOptions {
  /** The name of the table, optionally with a schema, as in `schema.table`. Default: `payvost_webhook_claims`. */
  table?: string | null | undefined;
}

/** Options of an inbox. */
export interface SqlInboxOptions extends SqlStoreOptions {
  /**
   * Whether to record each attempt in a short transaction before the one for the handler, so that an event whose workers all die leaves a
   * dead letter. Default: true.
   */
  noteAttempts?: boolean | null | undefined;
  /**
   * With an ORM: runs a function in a transaction, for options of your own, such as an isolation level. It must pass the transaction to `run`, and
   * return what the ORM returns. Default: the ORM's way without options.
   *
   * @example
   * ```ts
   * new SqlInbox(prisma, { transaction: (run) => prisma.$transaction(run, { timeout: 10_000 }) });
   * ```
   */
  transaction?: ((run: (transaction: any) => Promise<unknown>) => Promise<unknown>) | null | undefined;
}

/**
 * Claims in a table of PostgreSQL 12, MySQL 8, MariaDB 10.3, SQLite 3.35, or later versions. Each step is a transaction of its own.
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
   * Returns the definition of the table as SQL, for a migration.
   *
   * @param dialect `postgres`, `mysql` (also for MariaDB) or `sqlite`.
   * @throws {ConfigurationError} `invalid_option`
   */
  static tableDefinition(dialect: "postgres" | "mysql" | "sqlite", table?: string | null): string {
    const sql = ofServers(native.sqlDefinition)(dialect, table);
    if (sql === undefined) throw misuse("dialect must be postgres, mysql or sqlite", "For MariaDB, pass mysql.");
    if (typeof sql !== "string") throw refusal(sql);
    return sql;
  }

  /**
   * @param pool The pool of your program. An SQLite database is a single connection: open a separate one for the store.
   * @throws {ConfigurationError} `invalid_option`
   */
  constructor(pool: SqlPool, options?: SqlStoreOptions | null) {
    const { table: name, ...rest } = options ?? {};
    if (new.target === SqlInbox || new.target.prototype instanceof SqlInbox) {
      const { noteAttempts, transaction, ...common } = rest as SqlInboxOptions;
      if (noteAttempts != null && typeof noteAttempts !== "boolean") throw misuse("noteAttempts must be a boolean", "Pass true or false.");
      if (transaction != null && typeof transaction !== "function") throw misuse("transaction must be a function", "Pass one that calls its argument in a transaction.");
      const table = new Table(pool, name, transaction);
      super(inboxSteps(table, noteAttempts ?? true), common);
      this.#table = table;
    } else {
      const table = new Table(pool, name);
      super(leaseSteps(table), rest);
      this.#table = table;
    }
  }

  /** Creates the table and its indexes, if they are missing. Several processes may do so at the same time. */
  async createTable(): Promise<void> {
    await this.#table.run("create_table", {}, new Limit(TABLE_TIME_LIMIT_SECONDS));
  }

  /**
   * Deletes the events that need not be remembered any longer, in batches, so that no lock is held for long.
   *
   * @returns The number of deleted events.
   */
  async forget({
    batch = FORGET_BATCH,
  }: {
    /** The maximum number of rows per statement. Default: 1000. */
    batch?: number | undefined;
  } = {}): Promise<number> {
    if (!Number.isSafeInteger(batch) || batch < 1) throw misuse("batch must be a whole number above 0", "It is the maximum number of rows per statement.");
    const [deleted] = await this.#table.run("forget", { limit: batch }, new Limit(TABLE_TIME_LIMIT_SECONDS));
    return deleted as number;
  }
}

/**
 * Puts the claim, the handler's writes through `claim.connection` and the completion into one transaction, so that the effect happens once. If
 * the handler fails, only a record of the failure remains.
 *
 * The handler must neither commit nor roll back; savepoints are fine. If it does commit, the event is parked: its effect is in the database, and
 * only `receiver.retry(key)` runs it again.
 *
 * @example
 * ```ts
 * router.on("payment.succeeded", async (event, claim) => {
 *   await claim!.connection.query("INSERT INTO payments (id, amount) VALUES ($1, $2)", [event.data.id, event.data.amount]);
 * });
 * new WebhookReceiver(process.env.WEBHOOK_SECRET, router, { store: new SqlInbox(pool) });
 * ```
 *
 * With an ORM, `claim.connection` is its transaction: of Prisma the client of an interactive transaction, of TypeORM an `EntityManager`, of
 * Drizzle, Kysely, Knex and postgres.js what they pass to a transaction's function.
 */
export class SqlInbox<Pool extends SqlPool = SqlPool> extends SqlStore {
  /** The program's own pool, or its SQLite database. */
  readonly pool: Pool;

  /**
   * @param pool As for {@link SqlStore}.
   * @throws {ConfigurationError} `invalid_option`
   */
  constructor(pool: Pool, options?: SqlInboxOptions | null) {
    super(pool, options);
    this.pool = pool;
  }
}
