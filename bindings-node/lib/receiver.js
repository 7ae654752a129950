"use strict";

const native = require("./native.js");
const { misuse, refusal } = require("./errors.js");
const { CHECK, CHECK_LENGTH, RECEIVE, RECEIVE_FROM } = require("./internal.js");
const log = require("./log.js");
const { WebhookRouter } = require("./router.js");
const { WebhookVerifier } = require("./verifier.js");

const HANDLED = native.answer(true);
const HANDLER_FAILED = native.answer(false);

/** Nobody is left to read it. */
const GONE = { status: 400, headers: {}, body: "" };

class WebhookReceiver {
  #verifier;
  #handle;
  #logger;
  #onResult;

  constructor(verifierOrSecret, routerOrHandler, options) {
    this.#verifier = verifierOrSecret instanceof WebhookVerifier ? verifierOrSecret : new WebhookVerifier(verifierOrSecret);
    this.#handle = readHandler(routerOrHandler);
    const { logger, onResult } = readOptions(options);
    this.#logger = log.readLogger(logger);
    this.#onResult = onResult;
  }

  receive(body, signature) {
    return this.#deliver(() => this.#verifier[CHECK](body, signature, RECEIVE));
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
      return refused ?? (content && this.#verifier[CHECK](content.body, signature, RECEIVE));
    });
    if (answer !== undefined) return answer;
    log.gone(this.#logger);
    return GONE;
  }

  async #deliver(verify) {
    const started = performance.now();
    const finish = (code, [status, body], event, matchingSecret = null) => {
      const durationSeconds = (performance.now() - started) / 1000;
      this.#report({ code, status, eventId: event?.id ?? null, eventType: event?.type ?? null, matchingSecret, durationSeconds });
      return { status, headers: { "content-type": "application/json" }, body };
    };
    let event, matchingSecret;
    try {
      const verdict = await verify();
      if (verdict === undefined) return undefined;
      const [outcome, ...rest] = verdict;
      if (Array.isArray(outcome)) {
        const error = refusal(outcome);
        log.refused(this.#logger, error);
        return finish(error.code, rest);
      }
      event = outcome;
      [matchingSecret] = rest;
      await this.#process(event);
      log.handled(this.#logger, event);
      return finish("handled", HANDLED, event, matchingSecret);
    } catch (error) {
      log.failed(this.#logger, event, error);
      return finish("handler_failed", HANDLER_FAILED, event, matchingSecret);
    }
  }

  /** Where an event is to be claimed before its handler runs, and the claim to be completed or given back after. */
  async #process(event) {
    await this.#handle(event);
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

function readHandler(routerOrHandler) {
  if (routerOrHandler instanceof WebhookRouter) return (event) => routerOrHandler.dispatch(event);
  if (typeof routerOrHandler === "function") return routerOrHandler;
  throw misuse("the handler is neither a WebhookRouter nor a function", "Pass it second: new WebhookReceiver(secret, router).");
}

/** What is misspelt, or belongs to the verifier, must not be ignored. */
function readOptions(options) {
  const { logger, onResult, ...others } = options ?? {};
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw misuse(
      "an option of the receiver does not exist",
      "They are logger and onResult; those of the verification go to new WebhookVerifier(secret, options).",
    );
  }
  if (onResult != null && typeof onResult !== "function") {
    throw misuse("onResult is not a function", "It is called with the result of each delivery.");
  }
  return { logger, onResult };
}

module.exports = { WebhookReceiver };
