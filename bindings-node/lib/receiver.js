"use strict";

const native = require("./native.js");
const { misuse, refusal } = require("./errors.js");
const internal = require("./internal.js");
const log = require("./log.js");
const { WebhookRouter } = require("./router.js");
const { WebhookStore } = require("./stores/store.js");
const { WebhookVerifier } = require("./verifier.js");

const { CHECK, CHECK_LENGTH, HAS, INNER, PROCESS, RECEIVE, RECEIVE_FROM, RECEIVE_KEPT, RECEIVE_TO_CLAIM } = internal;

/** What to answer with each outcome for which nobody has to wait: `[status, body]`. */
const ANSWERS = Object.fromEntries(
  ["handled", "handed_over", "claim_lost", "handler_failed", "store_unavailable"].map((code) => [code, native.answer(code)]),
);

/** Nobody is left to read it. */
const GONE = { status: 400, headers: {}, body: "" };

class WebhookReceiver {
  #verifier;
  #handler;
  #logger;
  #onResult;
  #store;

  constructor(verifierOrSecret, routerOrHandler, options) {
    this.#verifier = verifierOrSecret instanceof WebhookVerifier ? verifierOrSecret : new WebhookVerifier(verifierOrSecret);
    this.#handler = readHandler(routerOrHandler);
    const { logger, onResult, store } = readOptions(options);
    this.#logger = log.readLogger(logger);
    this.#onResult = onResult;
    this.#store = store;
  }

  receive(body, signature) {
    return this.#deliver(() => this.#verify(body, signature));
  }

  async retry(key) {
    if (!this.#store) throw misuse("the receiver has no store", "What is to be handled again is kept by a store: { store }.");
    if (typeof key !== "string") throw misuse("the key is no text", "It is the key of a dead letter, which the store lists.");
    const answer = await this.#deliver(async (tell) => {
      let kept;
      try {
        kept = await this.#store.delivery(key);
      } catch (error) {
        tell.storeFailed("delivery", error);
        return "store_unavailable";
      }
      const verdict = kept ? this.#verify(kept.payload, kept.signature, RECEIVE_KEPT) : undefined;
      // Of another endpoint, if two of them share a table: that one handles it.
      return verdict?.[2]?.key === undefined || verdict[2].key === key ? verdict : undefined;
    });
    return answer ?? null;
  }

  /**
   * For the adapters. `read` is given `tooLarge(length)`, stops when that is true, and gives `{ body }`, or nothing when the body
   * did not come to its end.
   */
  async [RECEIVE_FROM](read, signature) {
    const answer = await this.#deliver(async () => {
      let refused;
      const tooLarge = (length) => (refused ??= this.#verifier[CHECK](length, undefined, CHECK_LENGTH)) !== undefined;
      const content = await read(tooLarge);
      return refused ?? (content && this.#verify(content.body, signature));
    });
    if (answer !== undefined) return answer;
    log.gone(this.#logger);
    return GONE;
  }

  /** The verdict as the native half has it, and with a store, what to claim. */
  #verify(body, signature, mode = RECEIVE_TO_CLAIM) {
    if (!this.#store) return this.#verifier[CHECK](body, signature, RECEIVE);
    const { prefix, keepDeliveries } = this.#store[INNER];
    const verdict = this.#verifier[CHECK](body, signature, mode, prefix);
    const [outcome, matchingSecret, key, fingerprint, eventType] = verdict;
    if (Array.isArray(outcome)) return verdict;
    // A copy, since the caller may use the memory again while the store is asked.
    const kept = keepDeliveries ? { payload: copyOf(body), signature } : { payload: null, signature: null };
    return [outcome, matchingSecret, { key, fingerprint, eventType, ...kept }];
  }

  async #deliver(verify) {
    const started = performance.now();
    let event = null;
    let matchingSecret = null;
    const finish = (code, [status, body, seconds] = ANSWERS[code]) => {
      const durationSeconds = (performance.now() - started) / 1000;
      this.#report({ code, status, eventId: event?.id ?? null, eventType: event?.type ?? null, matchingSecret, durationSeconds });
      const headers = { "content-type": "application/json" };
      if (seconds !== undefined) headers["retry-after"] = String(seconds);
      return { status, headers, body };
    };
    const tell = {
      failed: (error) => log.failed(this.#logger, event, error),
      lost: () => log.lost(this.#logger, event),
      storeFailed: (step, error) => log.storeFailed(this.#logger, step, event, error),
    };
    try {
      const verdict = await verify(tell);
      if (verdict === undefined) return undefined;
      if (typeof verdict === "string") return finish(verdict);
      const [outcome, ...rest] = verdict;
      if (Array.isArray(outcome)) {
        const error = refusal(outcome);
        log.refused(this.#logger, error);
        return finish(error.code, rest);
      }
      event = outcome;
      const request = rest[1];
      [matchingSecret] = rest;
      const ended = await this.#process(event, request, tell);
      const [code, ...answer] = [ended].flat();
      log.ended(this.#logger, code, event);
      return answer.length > 0 ? finish(code, answer) : finish(code);
    } catch (error) {
      tell.failed(error);
      return finish("handler_failed");
    }
  }

  /** Gives the code of the outcome, and what to answer where that is more than the code says. */
  async #process(event, request, tell) {
    const { handles, handle } = this.#handler;
    if (request && handles(event)) return this.#store[PROCESS](request, (claim) => handle(event, claim), tell);
    await handle(event);
    return "handled";
  }

  /** The answer does not depend on what becomes of the result. */
  #report(result) {
    if (!this.#onResult) return;
    const failed = (error) => log.hookFailed(this.#logger, error);
    try {
      Promise.resolve(this.#onResult(result)).catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}

function copyOf(body) {
  return Buffer.from(typeof body === "string" || ArrayBuffer.isView(body) ? body : new Uint8Array(body));
}

/** `handles` tells whether anybody wants an event: otherwise nothing takes effect that would need a claim. */
function readHandler(routerOrHandler) {
  if (routerOrHandler instanceof WebhookRouter) {
    const router = routerOrHandler;
    return { handles: ({ type }) => router[HAS](type), handle: (event, claim) => router.dispatch(event, claim) };
  }
  if (typeof routerOrHandler === "function") return { handles: () => true, handle: routerOrHandler };
  throw misuse("the handler is neither a WebhookRouter nor a function", "Pass it second: new WebhookReceiver(secret, router).");
}

/** What is misspelt, or belongs to the verifier, must not be ignored. */
function readOptions(options) {
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

module.exports = { WebhookReceiver };
