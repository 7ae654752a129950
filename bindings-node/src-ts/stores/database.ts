// The statements of one table, on a database of the user.

import native = require("../native.js");
import { isDescription, refusal } from "../errors.js";
import { driverOf } from "./drivers.js";
import type { Driver } from "./drivers/driver.js";
import { Session, type Statement, type Values } from "./session.js";
import type { ClaimSteps, DeadLetter, KeptDelivery, StepTime } from "./steps.js";

/** What a database says when two transactions were in each other's way: nothing has happened, so the step can be made again. */
const CONFLICTS = new Set(["40001", "40P01", "ER_LOCK_DEADLOCK"]);
const ATTEMPTS = 5;

export class Database {
  readonly #driver: Driver;
  readonly #statements: ReadonlyMap<string, Statement>;

  constructor(pool: unknown, table: unknown) {
    this.#driver = driverOf(pool);
    const { dialect, placeholders } = this.#driver;
    const statements = native.sqlStatements(dialect, placeholders, table);
    if (isDescription(statements)) throw refusal(statements);
    this.#statements = new Map(statements.map(([name, text, ...parameters]) => [name, { text, parameters }]));
  }

  has(name: string): boolean {
    return this.#statements.has(name);
  }

  steps(): ClaimSteps {
    const inTransaction = <Result>(step: (session: Session, values: Values) => Promise<Result>) => (values: object, { signal }: StepTime) => this.transaction((session) => step(session, values as Values), signal);
    return {
      claim: inTransaction(claim),
      extend: inTransaction((session, values) => held(session, "extend", values)),
      complete: inTransaction((session, values) => held(session, "complete", values)),
      release: inTransaction((session, values) => held(session, "release", values)),
      deadLetters: inTransaction(deadLetters),
      delivery: inTransaction(delivery),
    };
  }

  /** A short transaction: of every statement where each is one by itself. What it does can be done again, so that it is when it was in the way of another one. */
  async transaction<Result>(work: (session: Session) => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(work, signal);
      } catch (error) {
        if (!CONFLICTS.has((error as { code?: string } | undefined)?.code ?? "") || attempt === ATTEMPTS || signal?.aborted) throw error;
      }
    }
  }

  async #attempt<Result>(work: (session: Session) => Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
    const session = await this.open(signal);
    return session.guarded(signal, async () => {
      try {
        if (await session.autocommits()) return await work(session);
        await session.begin(signal);
        const result = await work(session);
        await session.commit(signal);
        return result;
      } finally {
        await session.end();
      }
    });
  }

  async open(signal: AbortSignal | undefined): Promise<Session> {
    return new Session(await this.#driver.open(signal), this.#statements);
  }
}

export async function claim(session: Session, values: Values): Promise<[word: string, number: number]> {
  const [made] = await session.claimed(values);
  const row = made ?? (await session.rows("claim_reply", values))[0];
  return row ? [String(row.word), Number(row.number)] : ["in_progress", 0]; // another worker is at it
}

/** Whether the claim was the worker's, also when the answer to the first time of asking was lost. */
export async function held(session: Session, name: string, values: Values): Promise<boolean> {
  return (await session.change(name, values)) > 0 || (await session.rows(`${name}_reply`, values)).length > 0;
}

async function deadLetters(session: Session, values: Values): Promise<DeadLetter[]> {
  const rows = await session.rows("dead_letters", values);
  return rows.map((row): any => ({
    key: String(row.claim_key),
    eventType: String(row.event_type),
    reason: String(row.reason),
    attempts: Number(row.attempt),
    error: row.error === null ? null : String(row.error),
    ageSeconds: Number(row.age) / 1000,
  }));
}

async function delivery(session: Session, values: Values): Promise<KeptDelivery | null> {
  const [row] = await session.rows("delivery", values);
  return row ? { payload: row.payload, signature: String(row.signature) } : null;
}
