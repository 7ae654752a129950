import type { Driver } from "./driver.js";
/** A `Pool` from pg. */
export declare function postgres(pool: any): Driver;
