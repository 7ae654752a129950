import { type Driver } from "./driver.js";
/**
 * A database from better-sqlite3 or node:sqlite: a single connection, which deliveries use in turn.
 *
 * @param lent What a handler receives, if that is not the database but an ORM on it.
 */
export declare function sqlite(database: any, lent?: unknown): Driver;
export declare function turnsOf(database: object): Turns;
declare class Turns {
    /** Waits for all earlier turns, and returns a function that ends this one. */
    take(): Promise<() => void>;
}
export {};
