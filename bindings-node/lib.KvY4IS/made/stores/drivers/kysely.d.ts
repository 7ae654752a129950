import { type Transactions } from "./driver.js";
/** A `Kysely` instance. */
export declare function kysely(database: any): Transactions;
