import type { Answer, Sent } from "./transport.js";
/** undici's dispatcher: the one of Node.js, or the one that the program has set with `setGlobalDispatcher`. */
export interface Dispatcher {
    dispatch(options: object, handler: object): boolean;
}
export declare function globalDispatcher(): Dispatcher | undefined;
/**
 * The dispatcher, if `fetch` would use it: not where a test or a tool has replaced `fetch`, and not on other platforms. Node.js creates the
 * dispatcher when `fetch` is first used.
 */
export declare function dispatcherOfFetch(): Dispatcher | undefined;
/** Sends a request, and reads the response up to the limit. Redirects are not followed. */
export declare function dispatch(dispatcher: Dispatcher, sent: Sent, wanted: readonly string[], controller: AbortController): Promise<Answer>;
