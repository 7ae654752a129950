/**
 * Receives webhooks with NestJS: a module with the route, and a decorator for the handlers.
 *
 * @module @payvost/webhooks/nestjs
 */

import { randomBytes } from "node:crypto";
import { misuse } from "../errors.js";
import { WebhookReceiver } from "../receiver.js";
import { WebhookRouter, type EventHandler, type EventOf, type EventPattern } from "../router.js";
import { addRoute, logWith, nest } from "./nestjs-host.js";
import type { PayvostWebhooksAsyncOptions, PayvostWebhooksOptions, PayvostWebhooksPath } from "./nestjs-options.js";

export type { PayvostWebhooksAsyncOptions, PayvostWebhooksOptions, PayvostWebhooksPath } from "./nestjs-options.js";

/** Which methods of a class are handlers, by its prototype: other decorators may replace the method. */
const handlers = new WeakMap<object, [method: PropertyKey, pattern: string][]>();

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
export function OnWebhook<Pattern extends EventPattern>(
  pattern: Pattern,
): <Handler extends EventHandler<EventOf<Pattern>, any>>(target: object, method: string | symbol, descriptor: TypedPropertyDescriptor<Handler>) => void {
  return (target, method) => {
    handlers.set(target, [...(handlers.get(target) ?? []), [method, pattern]]);
  };
}

const [OPTIONS, ROUTER, ROUTE, HANDLERS] = ["options", "router", "route", "handlers"].map((name) => Symbol(`payvost-webhooks ${name}`));

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
export class PayvostWebhooksModule {
  /** The module with these options. */
  static forRoot({ path, ...options }: PayvostWebhooksOptions & PayvostWebhooksPath): any {
    return moduleAt(path, { provide: OPTIONS, useValue: options });
  }

  /** The module with options from a factory, such as one that uses `ConfigService`. */
  static forRootAsync({ path, imports, inject, useFactory }: PayvostWebhooksAsyncOptions): any {
    return moduleAt(path, { provide: OPTIONS, useFactory, inject: inject ?? [] }, imports);
  }
}

function moduleAt(path = "/webhooks/payvost", options: object, imports: any[] = []): object {
  const { common, core } = nest();
  const receiver = (given: PayvostWebhooksOptions, router: WebhookRouter) => {
    const { secret, ...rest } = given;
    // With a secret per request, this receiver verifies nothing until it is given one.
    const own = typeof secret === "function" ? randomBytes(32).toString("hex") : secret; // bytes could begin with whitespace
    return new WebhookReceiver(own, router, { logger: logWith(new common.Logger("PayvostWebhooks")), ...rest });
  };
  const route = ({ httpAdapter }: any, { secret }: PayvostWebhooksOptions, base: WebhookReceiver) => {
    addRoute(httpAdapter, path, typeof secret === "function" ? async (request) => base.withVerifier(await secret(request)) : base);
    return path;
  };
  return {
    module: PayvostWebhooksModule,
    imports: [core.DiscoveryModule, ...imports],
    providers: [
      options,
      { provide: ROUTER, useFactory: () => new WebhookRouter() },
      { provide: WebhookReceiver, inject: [OPTIONS, ROUTER], useFactory: receiver },
      { provide: ROUTE, inject: [core.HttpAdapterHost, OPTIONS, WebhookReceiver], useFactory: route },
      { provide: HANDLERS, inject: [core.DiscoveryService, ROUTER], useFactory: (discovery: any, router: WebhookRouter) => ({ onModuleInit: () => register(discovery, router) }) },
    ],
    exports: [WebhookReceiver],
  };
}

/** Registers the decorated methods of all providers and controllers. */
function register(discovery: any, router: WebhookRouter): void {
  for (const wrapper of [...discovery.getProviders(), ...discovery.getControllers()]) {
    const { instance } = wrapper;
    for (let prototype = wrapper.metatype?.prototype; prototype; prototype = Object.getPrototypeOf(prototype)) {
      for (const [method, pattern] of handlers.get(prototype) ?? []) {
        if (!wrapper.isDependencyTreeStatic()) throw misuse("a class with @OnWebhook must not be request-scoped", "Use currentRequest() of @payvost/webhooks/request in the handler.");
        router.on(pattern, (...values) => instance[method](...values));
      }
    }
  }
}
