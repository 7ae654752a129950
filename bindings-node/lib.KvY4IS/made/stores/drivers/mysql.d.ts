import type { Driver } from "./driver.js";
/** A pool from mysql2 with promises. */
export declare function mysql(pool: any): Driver;
