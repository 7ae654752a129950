import type { Driver, Transact } from "./drivers/driver.js";
/**
 * The driver for a client.
 *
 * @param transact How to run a transaction, instead of the ORM's own way.
 */
export declare function driverOf(pool: any, transact?: Transact | null): Driver;
