import { type Transactions } from "./driver.js";
/** A `Knex` instance. */
export declare function knex(database: any): Transactions;
