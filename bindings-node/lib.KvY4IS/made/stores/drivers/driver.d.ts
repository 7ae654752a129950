export interface Driver {
    /** By the names that the core uses. */
    readonly dialect: string;
    readonly placeholders: string;
    /** One connection, until it is closed; for an ORM, one in a new transaction of its own. */
    open(): Promise<Connection>;
    /** How to use the transactions of an ORM, which begins and ends them itself. */
    readonly transactions?: Transactions | undefined;
    /** Converts a parameter for the client. The core chose `name`. */
    value(value: unknown, name: string): unknown;
}
export interface Connection {
    /** The client's connection, for the handler of an inbox, until it is closed. Transactions on it become savepoints. */
    lend(): unknown;
    /** Whether each statement is a transaction of its own. */
    readonly autocommits: boolean;
    begin(): unknown;
    commit(): unknown;
    rollback(): unknown;
    run(text: string, values: unknown[]): Ran | Promise<Ran>;
    /** Ends the running statement, which might take any time. */
    destroy(): void;
    /** Returns the connection to its pool. */
    close(isBroken: boolean): void;
}
/** The result of a statement: rows, each a list of its columns, and the number of changed rows. */
export interface Ran {
    readonly rows: unknown[][];
    readonly changed: number;
}
/** Runs a function in a transaction: commits when its promise is fulfilled, and rolls back when it is rejected. */
export type Transact = (run: (transaction: any) => Promise<unknown>) => Promise<unknown>;
/** The transactions of an ORM, or of a client that keeps its connections to itself. */
export interface Transactions {
    /** By the names that the core uses. */
    readonly dialect: string;
    readonly placeholders: string;
    /** The ORM's own function for transactions. */
    readonly transact: Transact;
    /** Runs a statement in such a transaction. */
    run(transaction: any, text: string, values: unknown[]): Promise<Ran>;
}
/** Whether a statement of the core returns rows, for clients that have two functions. */
export declare function givesRows(text: string): boolean;
/** Rows as lists of their columns, from a client that returns objects, or bytes that are not a `Buffer`. */
export declare function rowsOf(rows: readonly unknown[] | null | undefined): unknown[][];
/** The error of a transaction that the handler has ended, in the terms of SQL: its ORM runs nothing more in it. */
export declare function transactionEnded(): Error;
