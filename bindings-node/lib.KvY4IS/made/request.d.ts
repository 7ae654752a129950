/**
 * The request that a handler is running for, as the framework passes it to the adapter.
 *
 * @module @payvost/webhooks/request
 */
/**
 * Returns the request that the running handler was called for: of Express, Fastify, Hapi and `node:http` their request, of Koa and AWS Lambda the
 * context and the event, with the standard `Request` that. `undefined` outside an adapter, such as in `receiver.retry()`.
 *
 * @example
 * ```ts
 * router.on("payment.succeeded", (event) => {
 *   const { tenant } = currentRequest<express.Request>()!.params;
 * });
 * ```
 */
export declare function currentRequest<Request = any>(): Request | undefined;
