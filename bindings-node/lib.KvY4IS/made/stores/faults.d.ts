import type { StoreFault } from "../boundary.js";
/** The store returned an unknown reply. */
export declare class StoreError extends Error {
}
/** The store did not reply in time. */
export declare class StoreTimeoutError extends StoreError {
}
/** The store has no room for another claim. */
export declare class StoreFullError extends StoreError {
}
export declare function metWhileConnecting(error: unknown): void;
/** The class name of an error. Never its message, which may contain sensitive data. */
export declare function kindOf(error: unknown): string;
/** The class of an error, its codes with the most specific one first, and its message, which is not stored. */
export declare function faultOf(error: any): StoreFault;
