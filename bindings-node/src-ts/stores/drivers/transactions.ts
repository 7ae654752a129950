// Makes a driver of the transactions of an ORM, which begins and ends them itself.

import type { Connection, Driver, Transact, Transactions } from "./driver.js";
import { turnsOf } from "./sqlite.js";

/** Makes the ORM roll back. */
class RolledBack extends Error {}

/**
 * @param client The ORM. On SQLite its transactions take turns: they share a connection, and some ORMs would nest them.
 */
export function transactional(client: object, transactions: Transactions): Driver {
  const { dialect, placeholders } = transactions;
  const isInTurn = dialect === "sqlite";
  return {
    dialect,
    placeholders,
    transactions,
    async open() {
      const done = isInTurn ? await turnsOf(client).take() : () => {};
      const transaction = new OpenTransaction(transactions, transactions.transact, done);
      try {
        await transaction.begun;
        return transaction;
      } catch (error) {
        done();
        throw error;
      }
    },
    value: (value, name) => {
      if (dialect === "sqlite") return typeof value === "number" ? BigInt(value) : value;
      return dialect === "mysql" && IN_UTF8.has(name) && typeof value === "string" ? Buffer.from(value) : value;
    },
  };
}

/** Keys as bytes do not depend on the charset of the connection. */
const IN_UTF8 = new Set(["key", "event_type", "error"]);

/** A transaction that stays open until its end is decided. */
export class OpenTransaction implements Connection {
  readonly autocommits = false;
  /** Fulfilled when the transaction has begun. It has not if it was handed over to nobody. */
  readonly begun: Promise<void>;
  readonly #transactions: Transactions;
  readonly #ended: Promise<unknown>;
  readonly #done: () => void;
  #transaction: unknown;
  #end!: { commit(result?: unknown): void; rollback(reason: unknown): void };

  constructor(transactions: Transactions, transact: Transact, done: () => void) {
    this.#transactions = transactions;
    this.#done = done;
    const end = new Promise<unknown>((commit, rollback) => (this.#end = { commit, rollback }));
    end.catch(() => {});
    let begin!: () => void;
    const handedOver = new Promise<void>((resolve) => (begin = resolve));
    this.#ended = (async () => transact((transaction) => {
      this.#transaction = transaction;
      begin();
      return end;
    }))();
    const never = this.#ended.then(() => {
      throw new TypeError("the function for transactions did not call its argument");
    });
    this.begun = Promise.race([handedOver, never]);
    this.begun.catch(() => {});
    never.catch(() => {});
  }

  lend(): unknown {
    return this.#transaction;
  }

  begin(): void {}

  run(text: string, values: unknown[]): ReturnType<Transactions["run"]> {
    return this.#transactions.run(this.#transaction, text, values);
  }

  async commit(): Promise<void> {
    this.#end.commit(true);
    try {
      await this.#ended;
    } finally {
      this.#done();
    }
  }

  async rollback(): Promise<void> {
    this.#end.rollback(new RolledBack("the event was not handled: the transaction is rolled back"));
    await this.#ended.catch(() => {});
    this.#done();
  }

  /** Leaves the transaction to its owner: the event was not claimed in it. */
  leave(): void {
    this.#end.commit(false);
  }

  /** The ORM has no way to break off a statement: it rolls back when that has ended. */
  destroy(): void {
    this.#end.rollback(new RolledBack("the store did not reply in time: the transaction is rolled back"));
  }

  close(): void {
    this.destroy();
    this.#done();
  }
}
