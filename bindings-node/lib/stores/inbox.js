"use strict";

// The claim, the handler's own writes and the completion in one transaction, so that the effect is once.

const native = require("../native.js");
const { misuse } = require("../errors.js");
const { INNER, PROCESS } = require("../internal.js");
const { WebhookClaim } = require("./claim.js");
const { claim, held } = require("./database.js");
const { kindOf } = require("./kind.js");
const { newToken, readReply } = require("./reply.js");
const { SqlStore } = require("./sql.js");

class SqlInbox extends SqlStore {
  claimOf() {
    throw misuse("a claim of an inbox cannot be handed over", "It ends with the transaction of its handler. Use a store with leases.");
  }

  async [PROCESS](request, handle, tell) {
    return new Delivery(this[INNER], request, tell).process(handle);
  }
}

/** One delivery, from the beginning of its transaction to the end. */
class Delivery {
  #inner;
  #values;
  #tell;
  #session;

  constructor(inner, request, tell) {
    this.#inner = inner;
    this.#values = { ...request, token: newToken(), lease: inner.lease, remember: inner.remember };
    this.#tell = tell;
  }

  async process(handle) {
    let verdict;
    try {
      [this.#session, verdict] = await this.#inner.limited(({ signal }) => this.#start(signal), ([session]) => session.end());
    } catch (error) {
      this.#tell.storeFailed("claim", error);
      return "store_unavailable";
    }
    try {
      return typeof verdict === "number" ? await this.#handle(handle, verdict) : verdict;
    } finally {
      await this.#inStep(() => this.#session.end()).catch(() => {});
    }
  }

  async #start(signal) {
    const session = await this.#inner.database.open(signal);
    try {
      return await session.guarded(signal, async () => {
        await session.begin(signal);
        return [session, await this.#claim(session)];
      });
    } catch (error) {
      await session.end();
      throw error;
    }
  }

  async #claim(session) {
    const isOurs = await session.lock(this.#values.key);
    return readReply(isOurs ? await claim(session, this.#values) : ["in_progress", 0]);
  }

  async #handle(handle, attempt) {
    const { key, token } = this.#values;
    const steps = { extend: (_key, _token, seconds) => this.#extend(seconds) };
    try {
      await handle(new WebhookClaim(steps, key, token, attempt, this.#session.connection));
    } catch (error) {
      return this.#fail(error);
    }
    let done;
    try {
      done = await this.#inStep((session, signal) => this.#complete(session, signal));
    } catch (error) {
      this.#tell.storeFailed("complete", error);
      return "store_unavailable";
    }
    return done ? "handled" : this.#fail(new Error("the handler has ended the transaction of its claim"));
  }

  async #complete(session, signal) {
    if (!(await held(session, "complete", this.#values))) return false;
    await session.commit(signal);
    return true;
  }

  async #extend(seconds) {
    const lease = this.#inner.leaseOf(seconds);
    return this.#inStep((session) => held(session, "extend", { ...this.#values, lease }));
  }

  /** Undoes all of it, and then notes by itself that the event was tried. */
  async #fail(error) {
    this.#tell.failed(error);
    try {
      await this.#inStep(async (session, signal) => {
        await session.rollback();
        await session.begin(signal);
        if (typeof (await this.#claim(session)) !== "number") return;
        await held(session, "release", { ...this.#values, error: native.handlerError(kindOf(error)) });
        await session.commit(signal);
      });
    } catch (failure) {
      this.#tell.storeFailed("release", failure);
    }
    return "handler_failed";
  }

  #inStep(work) {
    return this.#inner.limited(({ signal }) => this.#session.guarded(signal, () => work(this.#session, signal)));
  }
}

module.exports = { SqlInbox };
