import native = require("./native.js");
import type { Route } from "./boundary.js";
import { misuse, refusal } from "./errors.js";
import type { KnownEventType, KnownWebhookEvent, UnknownWebhookEvent, WebhookEvent, WebhookEventMap } from "./events.js";
import { ROUTE } from "./internal.js";
import type { WebhookClaim } from "./stores/claim.js";

/** The families of the documented types, such as `payment.*`. */
export type KnownFamilyPattern = FamilyOf<KnownEventType>;

/** The pattern of the family that a type belongs to. */
export type FamilyOf<Type> = Type extends `${infer Family}.${string}` ? `${Family}.*` : never;

/** A type, a family of types, or everything. The documented ones are suggested; the list is open. */
export type EventPattern = KnownEventType | KnownFamilyPattern | "*" | (string & {});

/**
 * What a handler for a pattern is given. For a documented type that is its event; for one that is not documented, which a
 * misspelt one is too, it is an {@link UnknownWebhookEvent}, whose `data` has no known fields.
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
 * Handles events. What it returns, `dispatch` returns; what is a promise, a {@link WebhookReceiver} waits for. When the receiver has a store,
 * there is a claim, and without one there is none.
 */
export type EventHandler<Event = WebhookEvent> = (event: Event, claim: WebhookClaim | undefined) => unknown;

/**
 * Handlers by the type of the event.
 *
 * The most specific pattern decides, and only its handler runs: a type before its family, a family before everything.
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
   * @throws {ConfigurationError} `invalid_option`: the pattern has a handler already, or can match nothing, or the handler is
   *   no function.
   */
  on<Pattern extends EventPattern>(pattern: Pattern, handler: EventHandler<EventOf<Pattern>>): this {
    if (typeof handler !== "function") throw misuse("the handler is not a function", "It is called with the event.");
    const problem = this.#route(pattern, this.#handlers.length);
    if (problem !== undefined) throw refusal(problem);
    this.#handlers.push(handler);
    return this;
  }

  /**
   * Calls the handler for the type of an event that was verified.
   *
   * @param claim What the handler is given as its second argument.
   * @returns What the handler returns, a promise too; `undefined` when there is no handler, which is no error: the list of
   *   types is open.
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
