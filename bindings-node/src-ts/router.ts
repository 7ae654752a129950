import { native } from "./native.js";
import type { Route } from "./boundary.js";
import { misuse, refusal } from "./errors.js";
import type { KnownEventType, KnownWebhookEvent, UnknownWebhookEvent, WebhookEvent, WebhookEventMap } from "./events.js";
import { KIND, ROUTE } from "./internal.js";
import type { WebhookClaim } from "./stores/claim.js";

/** The families of the documented types, for example `payment.*`. */
export type KnownFamilyPattern = FamilyOf<KnownEventType>;

/** The pattern of the family that a type belongs to. */
export type FamilyOf<Type> = Type extends `${infer Family}.${string}` ? `${Family}.*` : never;

/** A type, a family of types, or everything. Editors suggest the documented ones; other types are allowed. */
export type EventPattern = KnownEventType | KnownFamilyPattern | "*" | (string & {});

/**
 * The event that a handler for a pattern receives. For an undocumented or misspelled type it is an {@link UnknownWebhookEvent}, whose `data` has
 * no known fields.
 */
export type EventOf<Pattern extends string> = string extends Pattern
  ? WebhookEvent
  : Pattern extends "*"
    ? WebhookEvent
    : Pattern extends KnownEventType
      ? WebhookEventMap[Pattern]
      : Pattern extends `${infer Family}.*`
        ? Extract<KnownWebhookEvent, { type: `${Family}.${string}` }> | UnknownWebhookEvent
        : UnknownWebhookEvent;

/**
 * Handles events. `dispatch` returns its result, and a {@link WebhookReceiver} waits for its promise. The claim is `undefined` unless the
 * receiver has a store, and the signal unless it has a `handlerTimeoutSeconds`.
 */
export type EventHandler<Event = WebhookEvent, Claim = WebhookClaim | undefined> = (event: Event, claim: Claim, signal?: AbortSignal) => unknown;

/**
 * Handlers by event type.
 *
 * Only the handler of the most specific pattern runs: a type before its family, and a family before `*`.
 *
 * @example
 * ```ts
 * const router = new WebhookRouter()
 *   .on("payment.succeeded", (event) => shipOrder(event.data.metadata?.orderId))
 *   .on("payment.*", (event) => console.log("payment", event.data.id))
 *   .on("*", (event) => console.log("unhandled", event.type));
 * ```
 *
 * With a store there is always a claim. `new WebhookRouter<ClaimOf<typeof store>>()` has the type of its claims, so that `claim.connection`
 * has the type of the client.
 */
export class WebhookRouter<Claim extends WebhookClaim | undefined = WebhookClaim | undefined> {
  readonly #route = native.createRouter();
  readonly #handlers: EventHandler<any, any>[] = [];
  /** Exists for the compiler only: a router whose handlers need a claim does not fit a receiver without a store. */
  declare readonly handles?: (claim: Claim) => void;

  /**
   * Registers a handler for a type (`payment.succeeded`), a family (`payment.*`) or everything (`*`).
   *
   * @returns The router itself.
   * @throws {ConfigurationError} `invalid_option`: the pattern already has a handler or cannot match any type, or the handler is not a
   *   function.
   */
  on<Pattern extends EventPattern>(pattern: Pattern, handler: EventHandler<EventOf<Pattern>, Claim>): this {
    if (typeof handler !== "function") throw misuse("handler must be a function", "Pass a function that takes the event: router.on(pattern, handler).");
    if (isGenerator(handler)) throw misuse("handler must not be a generator function", "Calling one runs nothing of it. Take out the * and each yield.");
    const problem = this.#route(pattern, this.#handlers.length);
    if (problem !== undefined) throw refusal(problem);
    this.#handlers.push(handler);
    return this;
  }

  /**
   * Calls the handler for the type of a verified event.
   *
   * @param claim The second argument for the handler.
   * @param signal The third argument for the handler.
   * @returns The result of the handler, which may be a promise; `undefined` if no handler matches. That is not an error: new event types may
   *   be added.
   */
  dispatch(event: WebhookEvent, claim?: WebhookClaim, signal?: AbortSignal): unknown {
    const handler = this.#handlers[this.#route(event.type) as number] as ((...values: unknown[]) => unknown) | undefined;
    if (signal !== undefined) return handler?.(event, claim, signal);
    return claim === undefined ? handler?.(event) : handler?.(event, claim);
  }

  /** @internal */
  get [KIND](): string {
    return "WebhookRouter";
  }

  /** @internal For `WebhookReceiver`. A subclass with its own `dispatch` may handle more than what is registered. */
  get [ROUTE](): Route | undefined {
    return this.dispatch === WebhookRouter.prototype.dispatch ? this.#route : undefined;
  }
}

/** Also one that is async. */
function isGenerator(value: unknown): boolean {
  return /Generator(?:Function)?\]$/.test(Object.prototype.toString.call(value));
}

/** The result of a handler. A generator has not run yet, and nobody would run it. */
export function checkedResult(result: unknown): unknown {
  if (isGenerator(result)) throw new TypeError("the handler returned a generator, which does not run by itself");
  return result;
}
