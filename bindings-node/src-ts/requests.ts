// The request that a handler is running for.

import type { AsyncLocalStorage } from "node:async_hooks";

let storage: AsyncLocalStorage<unknown> | undefined;

/** Called when `@payvost/webhooks/request` is loaded: following the request costs time that other programs save. */
export function enable(made: AsyncLocalStorage<unknown>): AsyncLocalStorage<unknown> {
  return (storage ??= made);
}

/** Runs the work of an adapter, in which handlers can see the request. */
export function handling<Result>(request: unknown, work: () => Result): Result {
  return storage === undefined ? work() : storage.run(request, work);
}
