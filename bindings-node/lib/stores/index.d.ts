/**
 * Stores of claims, so that an event takes effect once however often it is delivered. A receiver is given one with its option `store`.
 *
 * The clients are the program's own: `redis` or `ioredis`, `pg`, `mysql2`, `better-sqlite3` or `node:sqlite`. None of them is needed
 * by this package.
 *
 * @example
 * ```ts
 * import { createClient } from "redis";
 * import { RedisStore } from "@payvost/webhooks/stores";
 *
 * const client = await createClient({ url: process.env.REDIS_URL }).on("error", console.error).connect();
 * const receiver = new WebhookReceiver(process.env.WEBHOOK_SECRET, router, { store: new RedisStore(client) });
 * ```
 *
 * @packageDocumentation
 *
 * @module @payvost/webhooks/stores
 */

/** What every store is set to. `null` and `undefined` mean the default. */
export interface WebhookStoreOptions {
  /**
   * How long a claim holds before another delivery may take it over, in seconds, from 1 to 86 400: longer than the handler takes, or
   * than it takes to extend it. Default: 60.
   */
  leaseSeconds?: number | null | undefined;
  /**
   * How long an event is remembered after its last change, in seconds, from 5765, the time in which the provider tries again, to
   * 315 360 000 (ten years). Default: 86 400 (24 h).
   */
  rememberSeconds?: number | null | undefined;
  /**
   * What the keys begin with: 1 to 64 ASCII letters, digits and `_ . : -`, not ending in `-test` or `-open`. Endpoints that share a store
   * need one each. Default: `webhook`.
   */
  prefix?: string | null | undefined;
  /**
   * Whether the body and the signature are kept with the claim until the event is handled, so that it can be handled again after the
   * provider has given up. They are customer data at rest. Default: true.
   */
  keepDeliveries?: boolean | null | undefined;
  /** How long to wait for each step of the store, in seconds; the provider waits for 5 in all. What takes longer failed. Default: 2. */
  timeoutSeconds?: number | null | undefined;
}

/** An event that was claimed and not handled. It is listed from its first failure until it is handled or forgotten. */
export interface DeadLetter {
  /** The key of its claim, for `receiver.retry(key)`. */
  key: string;
  /** The event's type. */
  eventType: string;
  /** Its handler failed, or the lease is over and its worker did not say what came of it. */
  reason: "failed" | "abandoned";
  /** How often it was tried. */
  attempts: number;
  /** The name of the class of the error that the handler failed with, the last time that it did. */
  error: string | null;
  /** For how long it has been so, in seconds. */
  ageSeconds: number;
}

/** A delivery as it came. */
export interface KeptDelivery {
  /** The raw body. */
  payload: Uint8Array;
  /** The signature. */
  signature: string;
}

/** What a handler is given as its second argument, when the receiver has a store. */
export interface WebhookClaim<Connection = any> {
  /** The key of the claim, such as `webhook:evt_1`. */
  readonly key: string;
  /** What shows that the claim is this worker's: 32 hexadecimal digits. */
  readonly token: string;
  /** How often the event has been claimed, this time included. More than 1: an earlier worker failed, died or was too slow. */
  readonly attempt: number;
  /**
   * With a {@link SqlInbox}: the connection whose transaction the claim is part of, a `PoolClient` of pg, a `PoolConnection` of
   * mysql2/promise, or the SQLite database. What is written through it takes effect exactly when the event counts as handled.
   */
  readonly connection: Connection;
  /**
   * Makes the claim hold for so long from now.
   *
   * @param seconds From 1 to 86 400. Default: the store's `leaseSeconds`.
   * @returns Whether the claim is still this worker's. When it is not, another worker may be handling the event: stop.
   */
  extend(seconds?: number): Promise<boolean>;
  /**
   * Leaves the event to the worker of a queue. The receiver then answers 200 and does not complete; if the handler fails after this, the
   * event is given back as usual.
   *
   * @returns What to put on the queue beside the event: a plain object of two texts, for {@link WebhookStore.claimOf}.
   * @throws When the claim is no longer this worker's, and with an inbox.
   */
  handOver(options?: {
    /** For how long the worker has it, from now: as long as the queue may take. Default: what is left of the lease. */
    leaseSeconds?: number | undefined;
  }): Promise<ClaimTicket>;
}

/** A claim on its way through a queue. */
export interface ClaimTicket {
  /** The key of the claim. */
  key: string;
  /** What shows whose it is. */
  token: string;
}

/** A claim that the worker of a queue has. Everything gives whether the claim was still this worker's. */
export interface HandedOverClaim {
  /** The key of the claim. */
  readonly key: string;
  /** Makes it hold for so long from now, in seconds. Default: the store's `leaseSeconds`. */
  extend(seconds?: number): Promise<boolean>;
  /** Notes that the event is handled. */
  complete(): Promise<boolean>;
  /** Gives the event back: the next delivery is handled. Of the error, the name of its class is kept; a text is taken for such a name. */
  release(error?: unknown): Promise<boolean>;
}

/** What a step is given. Times are in milliseconds. */
export interface ClaimStep {
  /** The key of the claim. */
  key: string;
  /** SHA-256 of the body: what tells the same event from another one with its id. */
  fingerprint: string;
  /** What the worker has made up for this claim. */
  token: string;
  /** How long the claim is to hold. */
  lease: number;
  /** For how long the event is to be remembered. */
  remember: number;
  /** The event's type, for the list of dead letters. */
  eventType: string;
  /** The body to keep, or null. */
  payload: Uint8Array | null;
  /** The signature to keep, or null. */
  signature: string | null;
  /** A name for a list of the claims that are not done. */
  openKey: string;
}

/** The time that a step has. */
export interface StepTime {
  /** Is aborted when nobody waits for the step any longer. */
  readonly signal: AbortSignal;
}

/**
 * The steps of a store, for whoever makes one of their own: each atomic, with the store's clock. What each does is defined by
 * {@link MemoryStore}.
 */
export interface ClaimSteps {
  /**
   * Claims an event: `["claimed", attempt]`, `["in_progress", milliseconds left]`, `["done", 0]`, or `["conflict", 0]` when the fingerprint
   * is another. With the same token again, while the claim holds, the same reply again. Anything else is a failure of the store.
   */
  claim(step: ClaimStep, time: StepTime): Promise<[word: string, number: number]>;
  /** Makes it hold for another lease from now. Here and below: true, if it is the worker's with this token. */
  extend(step: Pick<ClaimStep, "key" | "token" | "lease" | "openKey">, time: StepTime): Promise<boolean>;
  /** Notes that it is done, and deletes what was kept. */
  complete(step: Pick<ClaimStep, "key" | "token" | "remember" | "openKey">, time: StepTime): Promise<boolean>;
  /** Notes that it failed, so that it can be claimed again. */
  release(step: Pick<ClaimStep, "key" | "token" | "remember" | "openKey"> & { error: string }, time: StepTime): Promise<boolean>;
  /** What failed, or whose lease is over, oldest first. */
  deadLetters(step: { limit: number; openKey: string }, time: StepTime): Promise<DeadLetter[]>;
  /** What was kept with the claim, or null. */
  delivery(step: { key: string; openKey: string }, time: StepTime): Promise<KeptDelivery | null | undefined>;
}

/** What all stores have in common, and a store with steps of your own. */
export class WebhookStore {
  /**
   * @param steps Where the claims are kept.
   * @throws {ConfigurationError} `invalid_option`
   */
  constructor(steps: ClaimSteps, options?: WebhookStoreOptions | null);

  /**
   * The events that were claimed and not handled, those that have waited longest first.
   *
   * @param limit How many at the most. Default: 100.
   */
  deadLetters(limit?: number): Promise<DeadLetter[]>;

  /** The delivery that was kept with a claim; null when there is none. */
  delivery(key: string): Promise<KeptDelivery | null>;

  /**
   * The claim that was handed over, in the worker of the queue.
   *
   * @throws {ConfigurationError} `invalid_option`: it is no ticket.
   */
  claimOf(ticket: ClaimTicket): HandedOverClaim;
}

/**
 * Claims in the memory of one thread of one process, for tests and small programs: another process does not know them, and all are gone at a
 * restart.
 *
 * It is bounded: when it is full, the event that would be forgotten first makes room.
 */
export class MemoryStore extends WebhookStore {
  /** @throws {ConfigurationError} `invalid_option` */
  constructor(
    options?:
      | (WebhookStoreOptions & {
          /** How many events are remembered at the most, from 1 to 100 000 000. Default: 100 000. */
          capacity?: number | null | undefined;
        })
      | null,
  );

  /** How many events are remembered. */
  readonly size: number;
}

/** A client of node-redis (`createClient`) or ioredis (`new Redis`). */
export type RedisClient =
  | {
      /** Sends a command: node-redis. */
      sendCommand(command: any, options?: any): Promise<any>;
    }
  | {
      /** Sends a command: ioredis. */
      callBuffer(command: string, ...values: any[]): Promise<any>;
    };

/** Claims on Redis 5 or later: one primary, with Sentinel or without, no cluster. */
export class RedisStore extends WebhookStore {
  /**
   * @param client The program's own client, connected.
   * @throws {ConfigurationError} `invalid_option`
   */
  constructor(client: RedisClient, options?: WebhookStoreOptions | null);
}

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
  /**
   * @param pool The program's own pool. A database of SQLite is one connection: give the store one of its own.
   * @throws {ConfigurationError} `invalid_option`
   */
  constructor(pool: SqlPool, options?: SqlStoreOptions | null);

  /** Makes the table and its indexes, where they are missing. */
  createTable(): Promise<void>;

  /**
   * Deletes what need not be remembered any longer, in batches, so that no lock is held for long.
   *
   * @returns How many events were deleted.
   */
  forget(options?: {
    /** How many rows one statement deletes at the most. Default: 1000. */
    batch?: number | undefined;
  }): Promise<number>;
}

/**
 * The claim, what the handler writes through `claim.connection`, and the completion in one transaction, so that the effect is once. Of a
 * handler that fails nothing is left but the note that it failed.
 *
 * @example
 * ```ts
 * router.on("payment.succeeded", async (event, claim) => {
 *   await claim!.connection.query("INSERT INTO payments (id, amount) VALUES ($1, $2)", [event.data.id, event.data.amount]);
 * });
 * new WebhookReceiver(process.env.WEBHOOK_SECRET, router, { store: new SqlInbox(pool) });
 * ```
 */
export class SqlInbox extends SqlStore {}
