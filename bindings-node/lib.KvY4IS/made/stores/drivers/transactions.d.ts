import type { Connection, Driver, Transact, Transactions } from "./driver.js";
/**
 * @param client The ORM. On SQLite its transactions take turns: they share a connection, and some ORMs would nest them.
 */
export declare function transactional(client: object, transactions: Transactions): Driver;
/** A transaction that stays open until its end is decided. */
export declare class OpenTransaction implements Connection {
    readonly autocommits = false;
    /** Fulfilled when the transaction has begun. It has not if it was handed over to nobody. */
    readonly begun: Promise<void>;
    constructor(transactions: Transactions, transact: Transact, done: () => void);
    lend(): unknown;
    begin(): void;
    run(text: string, values: unknown[]): ReturnType<Transactions["run"]>;
    commit(): Promise<void>;
    rollback(): Promise<void>;
    /** Leaves the transaction to its owner: the event was not claimed in it. */
    leave(): void;
    /** The ORM has no way to break off a statement: it rolls back when that has ended. */
    destroy(): void;
    close(): void;
}
