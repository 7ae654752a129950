import native = require("./native.js");
import type { Payload, Secret, SignatureHeader } from "./arguments.js";
import type { Answer, AnswerInstead, Received, Refused } from "./boundary.js";
import { misuse, refusal, type ErrorCode } from "./errors.js";
import type { WebhookEvent } from "./events.js";
import { HAS, INNER, NATIVE, PROCESS, RECEIVE_FROM, type Read } from "./internal.js";
import * as log from "./log.js";
import type { WebhookLogger } from "./log.js";
import { WebhookRouter, type EventHandler } from "./router.js";
import type { ClaimRequest, Tell } from "./stores/inner.js";
import type { KeptDelivery } from "./stores/steps.js";
import { WebhookStore } from "./stores/store.js";
import { build } from "./values.js";
import { WebhookVerifier } from "./verifier.js";

/**
 * How the delivery of an event ended. With a store:
 *
 * - `already_handled`: it had been handled before.
 * - `handed_over`: it was left to the worker of a queue.
 * - `claim_lost`: it was handled, but took longer than its claim held; another worker may have handled it as well.
 * - `in_progress`: another worker is handling it.
 * - `event_conflict`: another event with the same id and another body came before. It was not handled.
 * - `store_unavailable`: the store cannot be reached or did not answer in time. The handler did not run, or it is not on record that it did.
 */
export type WebhookOutcome =
  | "handled"
  | "already_handled"
  | "handed_over"
  | "claim_lost"
  | "in_progress"
  | "event_conflict"
  | "handler_failed"
  | "store_unavailable";

/** How a delivery ended, for metrics. */
export interface WebhookResult {
  /** `handled` (also when there is no handler for the type), another outcome, or why the delivery was refused. */
  code: WebhookOutcome | ErrorCode;
  /** The HTTP status of the answer. */
  status: number;
  /** The event's identity; `null` when the delivery was refused. */
  eventId: string | null;
  /** The event's type; `null` when the delivery was refused. */
  eventType: string | null;
  /** Which of the verifier's secrets matched, by its position; `null` when the delivery was refused. */
  matchingSecret: number | null;
  /** From the start of reading the body to the answer, in seconds. The provider waits for 5. */
  durationSeconds: number;
}

/** What a {@link WebhookReceiver} does beside answering. */
export interface WebhookReceiverOptions {
  /**
   * Where to log, one text a record, without the payload, the secret or the signature. Default: refusals and failures go to
   * `console.warn` and `console.error`, and events that were handled nowhere.
   */
  logger?: WebhookLogger | null | undefined;
  /**
   * Is given the result of each delivery that was answered; there is none for a sender that went away in the middle of the body.
   * What it throws is logged and changes no answer.
   */
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
   * 200 when the event was handled, 500 when the handler failed, 400, 413 or 500 when the delivery was refused; with a store also 409 and
   * 503.
   */
  status: number;
  /** The headers, their names in lower case. */
  headers: Record<string, string>;
  /** JSON that holds nothing secret. */
  body: string;
}

/** What to answer with each outcome for which nobody has to wait: `[status, body]`. */
const ANSWERS: Record<string, Answer> = Object.fromEntries(
  ["handled", "handed_over", "claim_lost", "handler_failed", "store_unavailable"].map((code) => [code, native.answer(code)]),
);

/** Nobody is left to read it. */
const GONE: WebhookAnswer = { status: 400, headers: {}, body: "" };

/** The verdict as the native half has it, and with a store, what to claim. */
type Verdict = readonly [...Received, request?: ClaimRequest] | Refused;

interface Handler {
  /** Whether anybody wants an event: otherwise nothing takes effect that would need a claim. */
  readonly handles: (event: WebhookEvent) => boolean;
  readonly handle: EventHandler;
}

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
  readonly #verifier: WebhookVerifier;
  readonly #handler: Handler;
  readonly #logger: WebhookLogger;
  readonly #onResult: ((result: WebhookResult) => unknown) | null | undefined;
  readonly #store: WebhookStore | undefined;

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
    this.#verifier = verifierOrSecret instanceof WebhookVerifier ? verifierOrSecret : new WebhookVerifier(verifierOrSecret);
    this.#handler = readHandler(routerOrHandler);
    const { logger, onResult, store } = readOptions(options);
    this.#logger = log.readLogger(logger);
    this.#onResult = onResult;
    this.#store = store;
  }

  /**
   * Receives one delivery.
   *
   * @param body The raw body. One that somebody has parsed is answered with status 500, and the log says why.
   * @param signature The value of the `Payvost-Signature` header, or what stands in its place when it did not come.
   * @returns What to answer. Never rejected: a handler that fails is an answer too.
   */
  receive(body: Payload | null | undefined, signature: SignatureHeader): Promise<WebhookAnswer> {
    return this.#deliver(() => this.#verify(body, signature)) as Promise<WebhookAnswer>; // there is a verdict
  }

  /**
   * Has a dead letter handled again. The delivery that the store has kept is verified with today's secrets, whatever its age, claimed, and
   * handled as one that has just come.
   *
   * @param key The key of a dead letter, which `store.deadLetters()` lists.
   * @returns What would be answered, 200 when it was handled; null when the store has kept nothing under that key.
   * @throws {ConfigurationError} `invalid_option`: there is no store, or the key is no text.
   */
  async retry(key: string): Promise<WebhookAnswer | null> {
    const store = this.#store;
    if (!store) throw misuse("the receiver has no store", "What is to be handled again is kept by a store: { store }.");
    if (typeof key !== "string") throw misuse("the key is no text", "It is the key of a dead letter, which the store lists.");
    const answer = await this.#deliver(async (tell) => {
      let kept: KeptDelivery | null;
      try {
        kept = await store.delivery(key);
      } catch (error) {
        tell.storeFailed("delivery", error);
        return "store_unavailable";
      }
      const verdict = kept ? this.#verify(kept.payload, kept.signature, "receiveKept") : undefined;
      // Of another endpoint, if two of them share a table: that one handles it.
      const request = verdict?.[2];
      return typeof request !== "object" || request.key === key ? verdict : undefined;
    });
    return answer ?? null;
  }

  /**
   * @internal
   *
   * For the adapters. `read` is given `tooLarge(length)`, stops when that is true, and gives `{ body }`, or nothing when the body
   * did not come to its end.
   */
  async [RECEIVE_FROM](read: Read, signature: SignatureHeader): Promise<WebhookAnswer> {
    const answer = await this.#deliver(async () => {
      let refused: Refused | undefined;
      const tooLarge = (length: number) => (refused ??= this.#verifier[NATIVE].checkLength(length)) !== undefined;
      const content = await read(tooLarge);
      return refused ?? (content && this.#verify(content.body, signature));
    });
    if (answer !== undefined) return answer;
    log.gone(this.#logger);
    return GONE;
  }

  /** The verdict as the native half has it, and with a store, what to claim. */
  #verify(body: Payload | null | undefined, signature: SignatureHeader, receive: "receiveToClaim" | "receiveKept" = "receiveToClaim"): Verdict {
    if (!this.#store) return this.#verifier[NATIVE].receive(body, signature, build);
    const { prefix, keepDeliveries } = this.#store[INNER];
    const verdict = this.#verifier[NATIVE][receive](body, signature, build, prefix);
    if (isRefused(verdict)) return verdict;
    const [outcome, matchingSecret, key, fingerprint, eventType] = verdict;
    // A copy, since the caller may use the memory again while the store is asked.
    const kept = keepDeliveries ? { payload: copyOf(body as Payload), signature: signature as string } : { payload: null, signature: null };
    return [outcome, matchingSecret, { key, fingerprint, eventType, ...kept }];
  }

  async #deliver(verify: (tell: Tell) => Promise<Verdict | string | undefined> | Verdict): Promise<WebhookAnswer | undefined> {
    const started = performance.now();
    let event: WebhookEvent | null = null;
    let matchingSecret: number | null = null;
    const finish = (code: string, [status, body, seconds]: Answer = ANSWERS[code] as Answer): WebhookAnswer => {
      const durationSeconds = (performance.now() - started) / 1000;
      this.#report({ code: code as WebhookResult["code"], status, eventId: event?.id ?? null, eventType: event?.type ?? null, matchingSecret, durationSeconds });
      const headers: Record<string, string> = { "content-type": "application/json" };
      if (seconds !== undefined) headers["retry-after"] = String(seconds);
      return { status, headers, body };
    };
    const tell: Tell = {
      failed: (error) => log.failed(this.#logger, event, error),
      lost: () => log.lost(this.#logger, event as WebhookEvent),
      storeFailed: (step, error) => log.storeFailed(this.#logger, step, event, error),
    };
    try {
      const verdict = await verify(tell);
      if (verdict === undefined) return undefined;
      if (typeof verdict === "string") return finish(verdict);
      if (isRefused(verdict)) {
        const [description, ...answer] = verdict;
        const error = refusal(description);
        log.refused(this.#logger, error);
        return finish(error.code, answer);
      }
      const [verified, position, request] = verdict;
      event = verified;
      matchingSecret = position;
      const ended = await this.#process(event, request, tell);
      const [code, ...answer] = typeof ended === "string" ? [ended] : ended;
      log.ended(this.#logger, code, event);
      return answer.length > 0 ? finish(code, answer as unknown as Answer) : finish(code);
    } catch (error) {
      tell.failed(error);
      return finish("handler_failed");
    }
  }

  /** Gives the code of the outcome, and what to answer where that is more than the code says. */
  async #process(event: WebhookEvent, request: ClaimRequest | undefined, tell: Tell): Promise<string | AnswerInstead> {
    const { handles, handle } = this.#handler;
    if (this.#store && request && handles(event)) return this.#store[PROCESS](request, (claim) => handle(event, claim), tell);
    await (handle as (event: WebhookEvent) => unknown)(event);
    return "handled";
  }

  /** The answer does not depend on what becomes of the result. */
  #report(result: WebhookResult): void {
    if (!this.#onResult) return;
    const failed = (error: unknown) => log.hookFailed(this.#logger, error);
    try {
      Promise.resolve(this.#onResult(result)).catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}

function isRefused(verdict: readonly unknown[]): verdict is Refused {
  return Array.isArray(verdict[0]);
}

function copyOf(body: Payload): Uint8Array {
  return typeof body === "string" ? Buffer.from(body) : Buffer.from(ArrayBuffer.isView(body) ? body : new Uint8Array(body));
}

function readHandler(routerOrHandler: WebhookRouter | EventHandler): Handler {
  if (routerOrHandler instanceof WebhookRouter) {
    const router = routerOrHandler;
    return { handles: ({ type }) => router[HAS](type), handle: (event, claim) => router.dispatch(event, claim) };
  }
  if (typeof routerOrHandler === "function") return { handles: () => true, handle: routerOrHandler };
  throw misuse("the handler is neither a WebhookRouter nor a function", "Pass it second: new WebhookReceiver(secret, router).");
}

/** What is misspelt, or belongs to the verifier, must not be ignored. */
function readOptions(options: WebhookReceiverOptions | null | undefined) {
  const { logger, onResult, store, ...others } = options ?? {};
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw misuse(
      "an option of the receiver does not exist",
      "They are logger, onResult and store; those of the verification go to new WebhookVerifier(secret, options).",
    );
  }
  if (onResult != null && typeof onResult !== "function") {
    throw misuse("onResult is not a function", "It is called with the result of each delivery.");
  }
  if (store != null && !(store instanceof WebhookStore)) {
    throw misuse("the store is no WebhookStore", "Take one of @payvost/webhooks/stores: { store: new RedisStore(client) }.");
  }
  return { logger, onResult, store: store ?? undefined };
}
