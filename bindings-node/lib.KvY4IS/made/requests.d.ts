import type { AsyncLocalStorage } from "node:async_hooks";
/** Called when `@payvost/webhooks/request` is loaded: following the request costs time that other programs save. */
export declare function enable(made: AsyncLocalStorage<unknown>): AsyncLocalStorage<unknown>;
/** Runs the work of an adapter, in which handlers can see the request. */
export declare function handling<Result>(request: unknown, work: () => Result): Result;
