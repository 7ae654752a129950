import type { Transactions } from "./driver.js";
/** The function of postgres.js. */
export declare function postgresJs(sql: any): Transactions;
