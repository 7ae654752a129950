/**
 * Receives webhooks with NestJS: a module with the route, and a decorator for the handlers.
 *
 * @module @payvost/webhooks/nestjs
 */
import type { Secret } from "../arguments.js";
import { type WebhookReceiverOptions } from "../receiver.js";
import { type EventHandler, type EventOf, type EventPattern } from "../router.js";
import type { WebhookVerifier } from "../verifier.js";
type Secrets = WebhookVerifier | Secret | readonly Secret[] | null | undefined;
/** Options of the module: those of a `WebhookReceiver`, and these. Records go to Nest's logger by default. */
export interface PayvostWebhooksOptions extends WebhookReceiverOptions {
    /** The secret, or several during a rotation, or a verifier; or a function that returns it for a request: that of a tenant, for example. */
    secret: Secrets | ((request: any) => Secrets | Promise<Secrets>);
}
/** Where the route is. */
export interface PayvostWebhooksPath {
    /** The path of the route, without a global prefix. Default: `/webhooks/payvost`. */
    path?: string | undefined;
}
/** Options that Nest finds when the application starts. */
export interface PayvostWebhooksAsyncOptions extends PayvostWebhooksPath {
    /** Modules whose providers the factory needs. */
    imports?: any[] | undefined;
    /** What the factory is called with. */
    inject?: any[] | undefined;
    /** Returns the options. */
    useFactory: (...values: any[]) => PayvostWebhooksOptions | Promise<PayvostWebhooksOptions>;
}
/**
 * Makes a method of a provider the handler for a type, a family or everything. Its arguments are those of an `EventHandler`: the event, the claim
 * if there is a store, and the signal if there is a time limit.
 *
 * @example
 * ```ts
 * @Injectable()
 * class Payments {
 *   @OnWebhook("payment.succeeded")
 *   async succeeded(event: EventOf<"payment.succeeded">) {}
 * }
 * ```
 */
export declare function OnWebhook<Pattern extends EventPattern>(pattern: Pattern): <Handler extends EventHandler<EventOf<Pattern>, any>>(target: object, method: string | symbol, descriptor: TypedPropertyDescriptor<Handler>) => void;
/**
 * The module: receives deliveries at a path, and calls the methods with {@link OnWebhook} of all providers. Inject `WebhookReceiver` to retry a
 * dead letter. It works on Express and Fastify, and reads the raw body before Nest's body parser could. Guards, pipes and interceptors do not apply
 * to its route.
 *
 * @example
 * ```ts
 * @Module({ imports: [PayvostWebhooksModule.forRoot({ secret: process.env.WEBHOOK_SECRET })], providers: [Payments] })
 * class AppModule {}
 * ```
 */
export declare class PayvostWebhooksModule {
    /** The module with these options. */
    static forRoot({ path, ...options }: PayvostWebhooksOptions & PayvostWebhooksPath): any;
    /** The module with options from a factory, such as one that uses `ConfigService`. */
    static forRootAsync({ path, imports, inject, useFactory }: PayvostWebhooksAsyncOptions): any;
}
export {};
