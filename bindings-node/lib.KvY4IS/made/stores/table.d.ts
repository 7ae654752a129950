import type { Connection, Driver, Transact } from "./drivers/driver.js";
import type { Limit } from "./limit.js";
/** The parameters of statements, under the names that the core uses. */
export type Values = Readonly<Record<string, unknown>>;
export declare class Table {
    readonly driver: Driver;
    constructor(pool: unknown, table: unknown, transact?: Transact | null);
    /** A statement and the values of its parameters. */
    bound(name: string, values: Values): [text: string, values: unknown[]];
    /** Runs a piece of work. Returns its result, and the rows that were read. */
    run(work: string, values: Values, time: Limit): Promise<[result: any, rows: unknown[][]]>;
}
/** A connection for one piece of work, or for several in an inbox. */
export declare class SqlSession {
    /** The rows from the last statement. */
    rows: unknown[][];
    /** Whether an inbox has claimed an event, and still needs the connection. */
    isKept: boolean;
    constructor(table: Table, values: Values);
    /** The client's connection, for the handler of an inbox. */
    lend(): unknown;
    start(work: string, time: Limit, notesAttempts?: boolean): Promise<any>;
    /** Claims in a transaction that is open already. */
    join(connection: Connection, time: Limit): Promise<any>;
    /** Continues on the connection of an inbox, after pending work that the handler did not wait for. Returns `false` if the connection is closed. */
    then(work: string, time: Limit, values?: Values): Promise<any>;
}
