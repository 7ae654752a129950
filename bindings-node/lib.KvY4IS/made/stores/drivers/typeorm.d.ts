import { type Transactions } from "./driver.js";
/** A `DataSource` of TypeORM. */
export declare function typeorm(source: any): Transactions;
