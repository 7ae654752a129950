import { native } from "./native.js";
import type { Payload, Secret, SignatureHeader } from "./arguments.js";
import type { Arrived, Ending, NativeDelivery } from "./boundary.js";
import { Course } from "./course.js";
import { checkNames, misuse, refuseOtherCopy, type ErrorCode } from "./errors.js";
import { CLAIMS, KIND, NATIVE, RECEIVE, ROUTE, TICK, type Incoming } from "./internal.js";
import { guarded, readLogger, type Log, type WebhookLogger, type WebhookLogRecord } from "./log.js";
import { outcomeOf } from "./outcome.js";
import type { WebhookEvent } from "./events.js";
import { WebhookRouter, type EventHandler } from "./router.js";
import type { Claims } from "./stores/claims.js";
import type { WebhookClaim } from "./stores/claim.js";
import type { ClaimOf, TransactionOf } from "./stores/claim-types.js";
import { WebhookStore } from "./stores/store.js";
import { build } from "./values.js";
import { WebhookVerifier } from "./verifier.js";

/**
 * How a delivery ended.
 *
 * - `handled`: the handler ran.
 * - `unhandled`: no handler is registered for the event's type.
 * - `handler_failed`: the handler threw, or ended the transaction of an inbox itself.
 * - `body_incomplete`: the sender disconnected or was too slow. This says nothing about the signature.
 * - `method_not_allowed`: the request used a method other than `POST`.
 *
 * With a store:
 *
 * - `already_handled`: the event had been handled before.
 * - `handed_over`: a queue's worker completes the event.
 * - `claim_lost`: the handler ran longer than its claim held, and another worker may have handled the event too.
 * - `in_progress`: another worker is handling the event.
 * - `event_conflict`: an event with the same id and a different body arrived before. This one was not handled.
 * - `other_endpoint`: the delivery stored under the key of a retry belongs to another endpoint.
 * - `store_unavailable`: the store is unreachable, too slow or full. Either the handler did not run, or its completion is not on record.
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
  /** The outcome, or the error code if the delivery was rejected. */
  code: WebhookOutcome | ErrorCode;
  /** The HTTP status of the response. */
  status: number;
  /** The event's id; `null` if the delivery was rejected. */
  eventId: string | null;
  /** The event's type; `null` if the delivery was rejected. */
  eventType: string | null;
  /** The position of the secret that matched; `null` if the delivery was rejected. */
  matchingSecret: number | null;
  /** Seconds from the call of the adapter or of `receive`, before the body is read, to the response. Payvost waits 5 seconds. */
  durationSeconds: number;
}

/** Options of a {@link WebhookReceiver}. */
export interface WebhookReceiverOptions {
  /**
   * Logs one record per delivery, without the payload, the secret or the signature: a logger with the methods `info`, `warn` and `error`,
   * or a function that receives each record. Default: warnings and errors go to `console.warn` and `console.error`.
   */
  logger?: WebhookLogger | ((record: WebhookLogRecord) => unknown) | null | undefined;
  /** Called with the result of each delivery. An exception it throws is logged and does not change the response. */
  onResult?: ((result: WebhookResult) => unknown) | null | undefined;
  /**
   * Claims each event before it is handled, so that it takes effect once: a store from `@payvost/webhooks/stores`. Without a store, an
   * event that is delivered twice is handled twice.
   */
  store?: WebhookStore | null | undefined;
  /**
   * How many seconds a handler may take. Then its third argument, an `AbortSignal`, is aborted, and the outcome is `handler_failed`. If the
   * handler stops, its event is released. If it goes on, its claim holds until it ends. Default: no limit.
   */
  handlerTimeoutSeconds?: number | null | undefined;
}

/** A router whose handlers are content with such a claim. */
type RouterFor<Claim> = WebhookRouter<any> & { readonly handles?: (claim: Claim) => void };

/** The response to send to Payvost. */
export interface WebhookAnswer {
  /**
   * 200 if the event was handled; 500 if the handler failed; 400, 413 or 500 if the delivery was rejected; 408 if the body did not arrive;
   * with a store also 409 and 503.
   */
  status: number;
  /** The headers, with names in lower case. */
  headers: Record<string, string>;
  /** JSON without secrets. */
  body: string;
}

const HOOK_FAILED = { level: "error", text: "onResult failed", line: "onResult failed", fields: {} } as const;

/** How many handles are kept for reuse. Only a burst of deliveries needs more at the same time. */
const MAX_IDLE = 64;

/** The longest delay of a timer of Node.js. */
const MAX_TIMEOUT_SECONDS = 2_147_483;

/**
 * Verifies a delivery, calls the handler, and returns the response to send. Works without a framework; the adapters in
 * `@payvost/webhooks/express`, `/fastify`, `/http` and `/fetch` connect it to one.
 *
 * @example
 * ```ts
 * const receiver = new WebhookReceiver(process.env.WEBHOOK_SECRET, router, { logger });
 * const { status, headers, body } = await receiver.receive(rawBody, headers["payvost-signature"]);
 * ```
 */
export class WebhookReceiver<Store extends WebhookStore = WebhookStore> {
  readonly #createDelivery: () => NativeDelivery;
  readonly #idle: NativeDelivery[] = [];
  readonly #router: WebhookRouter;
  readonly #claims: Claims | undefined;
  readonly #handlerTimeoutSeconds: number | null | undefined;
  readonly #verifier: WebhookVerifier;
  readonly #log: Log;
  readonly #onResult: ((result: WebhookResult) => void) | null | undefined;
  readonly #options: WebhookReceiverOptions;

  /**
   * @param verifierOrSecret A verifier, or a secret for a verifier with the default options. Pass several secrets during a rotation.
   * @param routerOrHandler A router, or a function that handles every event.
   * @throws {ConfigurationError} `invalid_secret`, `invalid_option`
   */
  constructor(
    verifierOrSecret: WebhookVerifier | Secret | readonly Secret[] | null | undefined,
    routerOrHandler: RouterFor<ClaimOf<Store>> | EventHandler<WebhookEvent, ClaimOf<Store>>,
    options: WebhookReceiverOptions & { store: Store },
  );
  /**
   * @param verifierOrSecret A verifier, or a secret for a verifier with the default options. Pass several secrets during a rotation.
   * @param routerOrHandler A router, or a function that handles every event.
   * @throws {ConfigurationError} `invalid_secret`, `invalid_option`
   */
  constructor(
    verifierOrSecret: WebhookVerifier | Secret | readonly Secret[] | null | undefined,
    routerOrHandler: RouterFor<WebhookClaim | undefined> | EventHandler,
    options?: WebhookReceiverOptions | null,
  );
  constructor(
    verifierOrSecret: WebhookVerifier | Secret | readonly Secret[] | null | undefined,
    routerOrHandler: unknown,
    options?: WebhookReceiverOptions | null,
  ) {
    if (!(verifierOrSecret instanceof WebhookVerifier)) refuseOtherCopy(verifierOrSecret, "verifier");
    const verifier = verifierOrSecret instanceof WebhookVerifier ? verifierOrSecret : new WebhookVerifier(verifierOrSecret);
    const { logger, onResult, store, handlerTimeoutSeconds } = readOptions(options ?? {});
    this.#verifier = verifier;
    this.#options = { ...options };
    this.#handlerTimeoutSeconds = handlerTimeoutSeconds;
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
   * @param body The raw body. A parsed body gets status 500, and the log says why.
   * @param signature The value of the `Payvost-Signature` header, or `undefined` if the header is missing.
   * @returns The response to send. The promise is never rejected: a failed handler leads to a response too.
   */
  receive(body: Payload | null | undefined, signature: SignatureHeader): Promise<WebhookAnswer> {
    return this.#deliver((delivery) => this.#arrive(delivery, body, signature)) as Promise<WebhookAnswer>; // only a retry may have no response
  }

  /**
   * Returns a receiver like this one, with another verifier or secret: that of a tenant, or the latest from a secret manager. Adapters take a
   * function that chooses the receiver for a request.
   *
   * @example
   * ```ts
   * app.post("/:tenant/webhooks", expressHandler(async (request) => receiver.withVerifier(await secretOf(request.params.tenant))));
   * ```
   *
   * @throws {ConfigurationError} `invalid_secret`
   */
  withVerifier(verifierOrSecret: WebhookVerifier | Secret | readonly Secret[] | null | undefined): WebhookReceiver<Store> {
    return new WebhookReceiver(verifierOrSecret, this.#router as RouterFor<any>, this.#options as WebhookReceiverOptions & { store: Store });
  }

  /**
   * Receives one delivery in a transaction of your own: the event is claimed in it before the handler runs, and completed before it commits. The
   * store must be a `SqlInbox` on an ORM.
   *
   * `transact` opens the transaction, and passes it to `run`. The promise of `run` tells whether the event was handled; it is rejected if the
   * handler failed, and then the transaction must be rolled back. The response is known when the promise of `transact` has settled.
   *
   * @example
   * ```ts
   * const answer = await receiver.receiveIn(body, signature, (run) =>
   *   prisma.$transaction(async (tx) => {
   *     if (await run(tx)) await tx.audit.create({ data: { what: "webhook" } });
   *   }),
   * );
   * ```
   *
   * @returns The response to send, as from {@link receive}.
   * @throws {ConfigurationError} `invalid_option`: the store cannot join a transaction, or `transact` is not a function.
   */
  async receiveIn(
    body: Payload | null | undefined,
    signature: SignatureHeader,
    transact: (run: (transaction: TransactionOf<Store>) => Promise<boolean>) => Promise<unknown>,
  ): Promise<WebhookAnswer> {
    if (typeof transact !== "function") throw misuse("transact must be a function", "Pass one that opens a transaction and calls its argument with it.");
    if (!this.#claims) throw misuse("receiveIn() needs a store", "Pass a SqlInbox on an ORM: new WebhookReceiver(secret, router, { store }).");
    let settled: Promise<unknown> | undefined;
    const claims = this.#claims.joining((run) => (settled = (async () => transact(run as Parameters<typeof transact>[0]))()));
    const answer = (await this.#deliver((delivery) => this.#arrive(delivery, body, signature), claims)) as WebhookAnswer; // as above
    await settled?.catch(() => {}); // the core knows it already
    return answer;
  }

  /**
   * Handles a dead letter again. The stored delivery is verified with the current secrets, whatever its age, then claimed and handled like a
   * new one.
   *
   * @param key The key of a dead letter from `store.deadLetters()`.
   * @returns The response a delivery would get: 200 if the event was handled, 404 if the key belongs to another endpoint; `null` if nothing
   *   is stored under the key.
   * @throws {ConfigurationError} `invalid_option`: the receiver has no store, or the key is not a string.
   */
  async retry(key: string): Promise<WebhookAnswer | null> {
    if (!this.#claims) throw misuse("retry() needs a store", "Pass one to the receiver: new WebhookReceiver(secret, router, { store }).");
    if (typeof key !== "string") throw misuse("key must be a string", "Pass the key of a dead letter from store.deadLetters().");
    return this.#deliver((delivery) => delivery.retry(key));
  }

  /** @internal */
  get [KIND](): string {
    return "WebhookReceiver";
  }

  /** @internal For the adapters. */
  [RECEIVE]({ method, contentLength, transferEncoding, signature, read }: Incoming): Promise<WebhookAnswer> {
    return this.#deliver(async (delivery) => {
      const limit = delivery.announce(method, contentLength, transferEncoding);
      const [body, end] = limit === undefined ? [] : await read(limit);
      return this.#arrive(delivery, body, signature, end);
    }) as Promise<WebhookAnswer>;
  }

  #arrive(delivery: NativeDelivery, body: unknown, signature: SignatureHeader, end?: string): Arrived {
    this.#verifier[TICK]();
    return delivery.arrive(body, signature, build, end);
  }

  async #deliver(begin: (delivery: NativeDelivery) => Arrived | Promise<Arrived>, claims = this.#claims): Promise<WebhookAnswer | null> {
    const started = performance.now();
    const delivery = this.#idle.pop() ?? this.#createDelivery();
    const course = new Course();
    let ending: Ending | undefined;
    try {
      ending = await course.take(delivery, begin(delivery), this.#router, claims, this.#handlerTimeoutSeconds);
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

function readHandler(routerOrHandler: unknown): WebhookRouter {
  if (routerOrHandler instanceof WebhookRouter) return routerOrHandler as WebhookRouter;
  if (typeof routerOrHandler === "function") return new WebhookRouter().on("*", routerOrHandler as EventHandler);
  refuseOtherCopy(routerOrHandler, "handler");
  throw misuse("handler must be a WebhookRouter or a function", "Pass it as the second argument: new WebhookReceiver(secret, router).");
}

function readOptions(options: WebhookReceiverOptions): WebhookReceiverOptions {
  const names = ["logger", "onResult", "store", "handlerTimeoutSeconds"];
  checkNames(options, names, `The options are ${names.join(", ")}. Pass the others to new WebhookVerifier(secret, options).`);
  const { onResult, store, handlerTimeoutSeconds: seconds } = options;
  if (seconds != null && !(typeof seconds === "number" && seconds > 0 && seconds <= MAX_TIMEOUT_SECONDS)) {
    throw misuse("handlerTimeoutSeconds must be a number above 0", "Choose less than 5: Payvost waits 5 seconds for the response.");
  }
  if (onResult != null && typeof onResult !== "function") throw misuse("onResult must be a function", "Pass a function that takes the result of a delivery.");
  if (store != null && !(store instanceof WebhookStore)) refuseOtherCopy(store, "store");
  if (store != null && !(store instanceof WebhookStore)) throw misuse("store must be a WebhookStore", "Pass one of @payvost/webhooks/stores, such as new RedisStore(client).");
  return options;
}
