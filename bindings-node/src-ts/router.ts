import native = require("./native.js");
import type { Route } from "./boundary.js";
import { misuse, refusal } from "./errors.js";
import type { KnownEventType, KnownWebhookEvent, UnknownWebhookEvent, WebhookEvent, WebhookEventMap } from "./events.js";
import { ROUTE } from "./internal.js";
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
 * receiver has a store.
 */
export type EventHandler<Event = WebhookEvent> = (event: Event, claim: WebhookClaim | undefined) => unknown;

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
 */
export class WebhookRouter {
  readonly #route = native.createRouter();
  readonly #handlers: EventHandler<any>[] = [];

  /**
   * Registers a handler for a type (`payment.succeeded`), a family (`payment.*`) or everything (`*`).
   *
   * @returns The router itself.
   * @throws {ConfigurationError} `invalid_option`: the pattern already has a handler or cannot match any type, or the handler is not a
   *   function.
   */
  on<Pattern extends EventPattern>(pattern: Pattern, handler: EventHandler<EventOf<Pattern>>): this {
    if (typeof handler !== "function") throw misuse("handler must be a function", "Pass a function that takes the event: router.on(pattern, handler).");
    const problem = this.#route(pattern, this.#handlers.length);
    if (problem !== undefined) throw refusal(problem);
    this.#handlers.push(handler);
    return this;
  }

  /**
   * Calls the handler for the type of a verified event.
   *
   * @param claim The second argument for the handler.
   * @returns The result of the handler, which may be a promise; `undefined` if no handler matches. That is not an error: new event types may
   *   be added.
   */
  dispatch(event: WebhookEvent, claim?: WebhookClaim): unknown {
    const handler = this.#handlers[this.#route(event.type) as number] as ((event: WebhookEvent, claim?: WebhookClaim) => unknown) | undefined;
    return claim === undefined ? handler?.(event) : handler?.(event, claim);
  }

  /** @internal For `WebhookReceiver`. A subclass with its own `dispatch` may handle more than what is registered. */
  get [ROUTE](): Route | undefined {
    return this.dispatch === WebhookRouter.prototype.dispatch ? this.#route : undefined;
  }
}
