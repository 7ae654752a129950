import type { DriverSession } from "./drivers/driver.js";

/** What is bound to a statement, by its names. */
export type Values = Readonly<Record<string, unknown>>;

/** A statement of the core, and the names of what is bound to it. */
export interface Statement {
  readonly text: string;
  readonly parameters: readonly string[];
}

/** The core's names of what is bound, where they are others than ours. */
const FIELDS: Record<string, string> = { event_type: "eventType" };

/** One connection, with the core's statements by their names. */
export class Session {
  readonly #driver: DriverSession;
  readonly #statements: ReadonlyMap<string, Statement>;
  #lockedKey: unknown;
  #inTransaction = false;
  #destroyed = false;

  constructor(driver: DriverSession, statements: ReadonlyMap<string, Statement>) {
    this.#driver = driver;
    this.#statements = statements;
  }

  get connection(): unknown {
    return this.#driver.connection;
  }

  autocommits(): Promise<boolean> {
    return this.#driver.autocommits();
  }

  async begin(signal: AbortSignal | undefined): Promise<void> {
    await this.#driver.begin(signal);
    this.#inTransaction = true;
  }

  async commit(signal: AbortSignal | undefined): Promise<void> {
    await this.#driver.commit(signal);
    this.#inTransaction = false;
  }

  async rollback(): Promise<void> {
    await this.#driver.rollback();
    this.#inTransaction = false;
  }

  async rows(name: string, values: Values): Promise<any[]> {
    return this.#driver.rows(...this.#bound(name, values));
  }

  async change(name: string, values: Values): Promise<number> {
    return this.#driver.change(...this.#bound(name, values));
  }

  /** The rows of the statement that claims. MySQL gives none, and is asked afterwards. */
  async claimed(values: Values): Promise<any[]> {
    if (this.#statement("claim").text.includes("RETURNING")) return this.rows("claim", values);
    await this.change("claim", values);
    return [];
  }

  /** Whether nobody else is at the event. Where there is no such lock, the transaction itself keeps others away. */
  async lock(key: unknown): Promise<boolean> {
    if (!this.#statements.has("lock") || this.#lockedKey !== undefined) return true;
    const [row] = await this.rows("lock", { key });
    if (Number(row?.held) !== 1) return false;
    // The other lock ends with the transaction.
    if (this.#statements.has("unlock")) this.#lockedKey = key;
    return true;
  }

  /** Does the work, and gives up the connection when the signal says so, for it would have to be waited for. */
  async guarded<Result>(signal: AbortSignal | undefined, work: () => Promise<Result>): Promise<Result> {
    const giveUp = () => this.#destroy();
    signal?.addEventListener("abort", giveUp);
    try {
      return await work();
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
  }

  /** Undoes what was not committed, and gives the connection back. */
  async end(): Promise<void> {
    try {
      if (this.#inTransaction && !this.#destroyed) await this.rollback();
      if (this.#lockedKey !== undefined && !this.#destroyed) await this.rows("unlock", { key: this.#lockedKey });
    } catch {
      this.#destroy();
    }
    this.#driver.close();
  }

  #destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#driver.destroy();
  }

  #statement(name: string): Statement {
    return this.#statements.get(name) as Statement;
  }

  #bound(name: string, values: Values): [text: string, values: unknown[]] {
    const { text, parameters } = this.#statement(name);
    return [text, parameters.map((parameter) => values[FIELDS[parameter] ?? parameter])];
  }
}
