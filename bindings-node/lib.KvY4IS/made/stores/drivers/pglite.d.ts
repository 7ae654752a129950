import { type Transactions } from "./driver.js";
/** A database of PGlite: a single connection, whose transactions wait for each other. */
export declare function pglite(database: any): Transactions;
