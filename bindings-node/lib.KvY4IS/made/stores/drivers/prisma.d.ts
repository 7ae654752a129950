import { type Transactions } from "./driver.js";
/** A client of Prisma. */
export declare function prisma(client: any): Transactions;
