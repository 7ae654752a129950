import native = require("./native.js");
import type { Payload, Secret, SignatureHeader } from "./arguments.js";
import type { Arrived, Ending, NativeDelivery } from "./boundary.js";
import { Course } from "./course.js";
import { checkNames, misuse, type ErrorCode } from "./errors.js";
import { CLAIMS, NATIVE, RECEIVE, ROUTE, type Incoming } from "./internal.js";
import { guarded, readLogger, type Log, type WebhookLogger, type WebhookLogRecord } from "./log.js";
import { outcomeOf } from "./outcome.js";
import { WebhookRouter, type EventHandler } from "./router.js";
import type { Claims } from "./stores/claims.js";
import { WebhookStore } from "./stores/store.js";
import { build } from "./values.js";
import { WebhookVerifier } from "./verifier.js";

/**
 * How the delivery of an event ended.
 *
 * - `unhandled`: there is no handler for its type.
 * - `handler_failed`: the handler threw, or ended the transaction of an inbox itself.
 * - `body_incomplete`: the sender broke off or was too slow, which says nothing about the signature.
 * - `method_not_allowed`: another method than `POST`.
 *
 * With a store:
 *
 * - `already_handled`: it had been handled before.
 * - `handed_over`: it was left to the worker of a queue.
 * - `claim_lost`: it was handled, but took longer than its claim held; another worker may have handled it as well.
 * - `in_progress`: another worker is handling it.
 * - `event_conflict`: another event with the same id and another body came before. It was not handled.
 * - `other_endpoint`: what is kept under the key of a retry belongs to another endpoint.
 * - `store_unavailable`: the store cannot be reached, did not answer in time, or is full. The handler did not run, or it is not on record that it did.
 */
export type WebhookOutcome =
  | "handled"
  | "unhandled"
  | "already_handled"
  | "handed_over"
  | "claim_lost"
  | "in_progress"
  | "event_conflict"
  | "handler_failed"
  | "body_incomplete"
  | "method_not_allowed"
  | "other_endpoint"
  | "store_unavailable";

/** How a delivery ended, for metrics. */
export interface WebhookResult {
  /** `handled`, another outcome, or why the delivery was refused. */
  code: WebhookOutcome | ErrorCode;
  /** The HTTP status of the answer. */
  status: number;
  /** The event's identity; `null` when the delivery was refused. */
  eventId: string | null;
  /** The event's type; `null` when the delivery was refused. */
  eventType: string | null;
  /** Which of the verifier's secrets matched, by its position; `null` when the delivery was refused. */
  matchingSecret: number | null;
  /** From the call of the adapter or of `receive`, before the body is read, to the answer, in seconds. The provider waits for 5. */
  durationSeconds: number;
}

/** What a {@link WebhookReceiver} does beside answering. */
export interface WebhookReceiverOptions {
  /**
   * Where to log, one record for each delivery, without the payload, the secret or the signature: a logger with the methods `info`, `warn` and
   * `error`, or a function that is given each record. Default: refusals and failures go to `console.warn` and `console.error`, and events
   * that were handled nowhere.
   */
  logger?: WebhookLogger | ((record: WebhookLogRecord) => unknown) | null | undefined;
  /** Is given the result of each delivery. What it throws is logged and changes no answer. */
  onResult?: ((result: WebhookResult) => unknown) | null | undefined;
  /**
   * Where events are claimed before they are handled, so that each takes effect once: one of `@payvost/webhooks/stores`. Default: none;
   * an event that is delivered twice is handled twice.
   */
  store?: WebhookStore | null | undefined;
}

/** What to answer to the provider. */
export interface WebhookAnswer {
  /**
   * 200 when the event was handled, 500 when the handler failed, 400, 413 or 500 when the delivery was refused, 408 when its body did not
   * arrive; with a store also 409 and 503.
   */
  status: number;
  /** The headers, their names in lower case. */
  headers: Record<string, string>;
  /** JSON that holds nothing secret. */
  body: string;
}

const HOOK_FAILED = { level: "error", text: "onResult failed", line: "onResult failed", fields: {} } as const;

/** So many handles are kept for later. More are in use at the same time only in a rush. */
const MAX_IDLE = 64;

/**
 * Receives deliveries without a framework: verifies, calls the handler, and says what to answer. The adapters in
 * `@payvost/webhooks/express`, `/fastify`, `/http` and `/fetch` put one behind a URL.
 *
 * @example
 * ```ts
 * const receiver = new WebhookReceiver(process.env.WEBHOOK_SECRET, router, { logger });
 * const { status, headers, body } = await receiver.receive(rawBody, headers["payvost-signature"]);
 * ```
 */
export class WebhookReceiver {
  readonly #createDelivery: () => NativeDelivery;
  readonly #idle: NativeDelivery[] = [];
  readonly #router: WebhookRouter;
  readonly #claims: Claims | undefined;
  readonly #log: Log;
  readonly #onResult: ((result: WebhookResult) => void) | null | undefined;

  /**
   * @param verifierOrSecret A verifier, or what one with the default options is made of: a secret, or several while it is
   *   being rotated.
   * @param routerOrHandler A router, or a function that is given every event.
   * @throws {ConfigurationError} `invalid_secret`, `invalid_option`
   */
  constructor(
    verifierOrSecret: WebhookVerifier | Secret | readonly Secret[] | null | undefined,
    routerOrHandler: WebhookRouter | EventHandler,
    options?: WebhookReceiverOptions | null,
  ) {
    const verifier = verifierOrSecret instanceof WebhookVerifier ? verifierOrSecret : new WebhookVerifier(verifierOrSecret);
    const { logger, onResult, store } = readOptions(options ?? {});
    this.#router = readHandler(routerOrHandler);
    this.#claims = store?.[CLAIMS];
    this.#log = readLogger(logger);
    this.#onResult = onResult && guarded(onResult, (exception) => this.#log({ ...HOOK_FAILED, exception }));
    const { prefix, isInbox, keepDeliveries }: Partial<Claims> = this.#claims ?? {};
    this.#createDelivery = native.createReceiver(verifier[NATIVE], this.#router[ROUTE], prefix, isInbox, keepDeliveries);
  }

  /**
   * Receives one delivery.
   *
   * @param body The raw body. One that somebody has parsed is answered with status 500, and the log says why.
   * @param signature The value of the `Payvost-Signature` header, or what stands in its place when it did not come.
   * @returns What to answer. Never rejected: a handler that fails is an answer too.
   */
  receive(body: Payload | null | undefined, signature: SignatureHeader): Promise<WebhookAnswer> {
    return this.#deliver((delivery) => delivery.arrive(body, signature, build)) as Promise<WebhookAnswer>; // what arrived is answered
  }

  /**
   * Has a dead letter handled again. The delivery that the store has kept is verified with today's secrets, whatever its age, claimed, and
   * handled as one that has just come.
   *
   * @param key The key of a dead letter, which `store.deadLetters()` lists.
   * @returns What would be answered: 200 when it was handled, 404 when it belongs to another endpoint, whose key is another one; null when the
   *   store has kept nothing under that key.
   * @throws {ConfigurationError} `invalid_option`: there is no store, or the key is no text.
   */
  async retry(key: string): Promise<WebhookAnswer | null> {
    if (!this.#claims) throw misuse("the receiver has no store", "What is to be handled again is kept by a store: { store }.");
    if (typeof key !== "string") throw misuse("key must be a string", "It is the key of a dead letter, which the store lists.");
    return this.#deliver((delivery) => delivery.retry(key));
  }

  /** @internal For the adapters. */
  [RECEIVE]({ method, contentLength, transferEncoding, signature, read }: Incoming): Promise<WebhookAnswer> {
    return this.#deliver(async (delivery) => {
      const limit = delivery.announce(method, contentLength, transferEncoding);
      const [body, end] = limit === undefined ? [] : await read(limit);
      return delivery.arrive(body, signature, build, end);
    }) as Promise<WebhookAnswer>;
  }

  async #deliver(begin: (delivery: NativeDelivery) => Arrived | Promise<Arrived>): Promise<WebhookAnswer | null> {
    const started = performance.now();
    const delivery = this.#idle.pop() ?? this.#createDelivery();
    const course = new Course();
    let ending: Ending | undefined;
    try {
      ending = await course.take(delivery, begin(delivery), this.#router, this.#claims);
      if (this.#idle.length < MAX_IDLE) this.#idle.push(delivery);
    } catch (error) {
      course.thrown = error;
      ending = native.usualEnding();
    }
    if (ending === undefined) return null;
    const { code, status, headers, body, record } = outcomeOf(ending, course.event, course.thrown);
    this.#log(record);
    const { id: eventId = null, type: eventType = null } = course.event ?? {};
    const durationSeconds = (performance.now() - started) / 1000;
    this.#onResult?.({ code: code as WebhookResult["code"], status, eventId, eventType, matchingSecret: course.matchingSecret, durationSeconds });
    return { status, headers, body };
  }
}

function readHandler(routerOrHandler: WebhookRouter | EventHandler): WebhookRouter {
  if (routerOrHandler instanceof WebhookRouter) return routerOrHandler;
  if (typeof routerOrHandler === "function") return new WebhookRouter().on("*", routerOrHandler);
  throw misuse("handler must be a WebhookRouter or a function", "Pass it second: new WebhookReceiver(secret, router).");
}

function readOptions(options: WebhookReceiverOptions): WebhookReceiverOptions {
  checkNames(options, ["logger", "onResult", "store"], "The options are logger, onResult and store. Pass the others to new WebhookVerifier(secret, options).");
  const { onResult, store } = options;
  if (onResult != null && typeof onResult !== "function") throw misuse("onResult must be a function", "It is called with the result of each delivery.");
  if (store != null && !(store instanceof WebhookStore)) throw misuse("store must be a WebhookStore", "Pass one of @payvost/webhooks/stores, such as new RedisStore(client).");
  return options;
}
