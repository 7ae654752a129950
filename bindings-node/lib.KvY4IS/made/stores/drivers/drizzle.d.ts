import { type Transactions } from "./driver.js";
/** A database of Drizzle, for PostgreSQL or MySQL. One for SQLite is synchronous, and has no transactions that can wait. */
export declare function drizzle(database: any): Transactions | undefined;
