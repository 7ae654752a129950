// A table of claims in the host's database.

import { native } from "../native.js";
import { sleep } from "../sleep.js";
import type { Asked } from "../boundary.js";
import { isDescription, ofServers, refusal } from "../errors.js";
import { driverOf } from "./drivers.js";
import type { Connection, Driver, Transact } from "./drivers/driver.js";
import { Idle, drive, wordAndNumber } from "./driving.js";
import { metWhileConnecting } from "./faults.js";
import type { Limit } from "./limit.js";

/** The parameters of statements, under the names that the core uses. */
export type Values = Readonly<Record<string, unknown>>;

interface Statement {
  readonly text: string;
  readonly parameters: readonly string[];
}

export class Table {
  readonly driver: Driver;
  readonly #statements: ReadonlyMap<string, Statement>;

  constructor(pool: unknown, table: unknown, transact?: Transact | null) {
    this.driver = driverOf(pool, transact);
    const { dialect, placeholders } = this.driver;
    const statements = ofServers(native.sqlStatements)(dialect, placeholders, table);
    if (isDescription(statements)) throw refusal(statements);
    this.#statements = new Map(statements.map(([name, text, ...parameters]) => [name, { text, parameters }]));
  }

  /** A statement and the values of its parameters. */
  bound(name: string, values: Values): [text: string, values: unknown[]] {
    const { text, parameters } = this.#statements.get(name) as Statement;
    return [text, parameters.map((parameter) => this.driver.value(values[parameter], parameter))];
  }

  /** Runs a piece of work. Returns its result, and the rows that were read. */
  async run(work: string, values: Values, time: Limit): Promise<[result: any, rows: unknown[][]]> {
    const session = new SqlSession(this, values);
    return [await session.start(work, time), session.rows];
  }
}

const programs = new Idle(() => ofServers(native.createSqlProgram)());

/** A connection for one piece of work, or for several in an inbox. */
export class SqlSession {
  /** The rows from the last statement. */
  rows: unknown[][] = [];
  /** Whether an inbox has claimed an event, and still needs the connection. */
  isKept = false;
  readonly #table: Table;
  readonly #program = programs.take();
  #values: Values;
  #connection: Connection | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(table: Table, values: Values) {
    this.#table = table;
    this.#values = values;
  }

  /** The client's connection, for the handler of an inbox. */
  lend(): unknown {
    return this.#connection?.lend();
  }

  start(work: string, time: Limit, notesAttempts = false): Promise<any> {
    const { retry, limit } = this.#values as { retry?: boolean; limit?: number };
    const mode = `${this.#claiming()} ${notesAttempts ? "noting" : ""} ${this.#table.driver.transactions ? "transactions" : ""}`;
    return this.#drive(this.#program.start(work, time.seconds, retry, limit, mode), time);
  }

  /** Claims in a transaction that is open already. */
  join(connection: Connection, time: Limit): Promise<any> {
    this.#connection = connection;
    const { retry } = this.#values as { retry?: boolean };
    const mode = `${this.#claiming()} ${this.#table.driver.dialect} joining`;
    return this.#drive(this.#program.start("enter", time.seconds, retry, undefined, mode), time);
  }

  /** Who claims what. */
  #claiming(): string {
    const { token, fingerprint } = this.#values as { token?: string; fingerprint?: string };
    return fingerprint === undefined ? "" : `claiming ${token} ${fingerprint}`;
  }

  /** Continues on the connection of an inbox, after pending work that the handler did not wait for. Returns `false` if the connection is closed. */
  then(work: string, time: Limit, values: Values = {}): Promise<any> {
    const turn = this.#last.catch(() => {}).then(() => {
      if (!this.isKept) return false;
      this.#values = { ...this.#values, ...values };
      return this.#drive(this.#program.then(work, time.seconds), time);
    });
    this.#last = turn;
    return turn;
  }

  async #drive(first: Asked, time: Limit): Promise<any> {
    // Otherwise the caller would have to wait for it.
    time.whenOver = () => this.#connection?.destroy();
    try {
      return await drive(this.#program, first, (step, argument) => this.#take(step, argument, time), time);
    } finally {
      time.whenOver = undefined;
      this.isKept = this.#program.keepsConnection();
      if (!this.isKept) programs.put(this.#program);
    }
  }

  async #take(step: string, argument: any, time: Limit): Promise<Asked> {
    const [program, connection] = [this.#program, this.#connection as Connection];
    switch (step) {
      case "open":
        return this.#open(time);
      case "run": {
        const { rows, changed } = await connection.run(...this.#table.bound(argument as string, this.#values));
        this.rows = rows;
        return program.ran(rows.length, ...wordAndNumber(rows[0] ?? []), changed);
      }
      case "begin":
      case "commit":
      case "rollback":
        await connection[step]();
        return program.did();
      case "close":
        // Another delivery may use the connection next.
        this.#connection = undefined;
        connection.close(argument as boolean);
        return program.did();
      default:
        await sleep(argument as number);
        return program.did();
    }
  }

  async #open(time: Limit): Promise<Asked> {
    const { driver } = this.#table;
    try {
      const connection = await driver.open();
      if (time.over) {
        connection.close(false);
        throw time.error();
      }
      this.#connection = connection;
      return this.#program.opened(driver.dialect, connection.autocommits);
    } catch (error) {
      metWhileConnecting(error);
      throw error;
    }
  }
}
