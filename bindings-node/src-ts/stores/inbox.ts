// The claim, the handler's own writes and the completion in one transaction, so that the effect is once.

import native = require("../native.js");
import type { AnswerInstead } from "../boundary.js";
import { misuse } from "../errors.js";
import { INNER, PROCESS } from "../internal.js";
import { HeldClaim, type ClaimTicket, type HandedOverClaim } from "./claim.js";
import { claim, held } from "./database.js";
import type { ClaimRequest, Handle, Tell } from "./inner.js";
import { kindOf } from "./kind.js";
import { newToken, readReply } from "./reply.js";
import type { Session, Values } from "./session.js";
import { SqlStore, type SqlInner } from "./sql.js";

/**
 * The claim, what the handler writes through `claim.connection`, and the completion in one transaction, so that the effect is once. Of a
 * handler that fails nothing is left but the note that it failed.
 *
 * @example
 * ```ts
 * router.on("payment.succeeded", async (event, claim) => {
 *   await claim!.connection.query("INSERT INTO payments (id, amount) VALUES ($1, $2)", [event.data.id, event.data.amount]);
 * });
 * new WebhookReceiver(process.env.WEBHOOK_SECRET, router, { store: new SqlInbox(pool) });
 * ```
 */
export class SqlInbox extends SqlStore {
  /**
   * A claim of an inbox ends with its transaction: there is nothing to hand over.
   *
   * @throws {ConfigurationError} `invalid_option`: always.
   */
  override claimOf(_ticket: ClaimTicket): HandedOverClaim {
    throw misuse("a claim of an inbox cannot be handed over", "It ends with the transaction of its handler. Use a store with leases.");
  }

  /** @internal */
  override async [PROCESS](request: ClaimRequest, handle: Handle, tell: Tell): Promise<string | AnswerInstead> {
    return new Delivery(this[INNER], request, tell).process(handle);
  }
}

/** One delivery, from the beginning of its transaction to the end. */
class Delivery {
  readonly #inner: SqlInner;
  readonly #values: Values & { readonly key: string; readonly token: string };
  readonly #tell: Tell;
  #session!: Session;

  constructor(inner: SqlInner, request: ClaimRequest, tell: Tell) {
    this.#inner = inner;
    this.#values = { ...request, token: newToken(), lease: inner.lease, remember: inner.remember };
    this.#tell = tell;
  }

  async process(handle: Handle): Promise<string | AnswerInstead> {
    let verdict: number | AnswerInstead;
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

  async #start(signal: AbortSignal): Promise<[Session, number | AnswerInstead]> {
    const session = await this.#inner.database.open(signal);
    try {
      return await session.guarded(signal, async () => {
        await session.begin(signal);
        return [session, await this.#claim(session)] as [Session, number | AnswerInstead];
      });
    } catch (error) {
      await session.end();
      throw error;
    }
  }

  async #claim(session: Session): Promise<number | AnswerInstead> {
    const isOurs = await session.lock(this.#values.key);
    return readReply(isOurs ? await claim(session, this.#values) : ["in_progress", 0]);
  }

  async #handle(handle: Handle, attempt: number): Promise<string> {
    const { key, token } = this.#values;
    const steps = { extend: (_key: string, _token: string, seconds?: number) => this.#extend(seconds) };
    try {
      await handle(new HeldClaim(steps, key, token, attempt, this.#session.connection));
    } catch (error) {
      return this.#fail(error);
    }
    let done: boolean;
    try {
      done = await this.#inStep((session, signal) => this.#complete(session, signal));
    } catch (error) {
      this.#tell.storeFailed("complete", error);
      return "store_unavailable";
    }
    return done ? "handled" : this.#fail(new Error("the handler has ended the transaction of its claim"));
  }

  async #complete(session: Session, signal: AbortSignal): Promise<boolean> {
    if (!(await held(session, "complete", this.#values))) return false;
    await session.commit(signal);
    return true;
  }

  async #extend(seconds: number | undefined): Promise<boolean> {
    const lease = this.#inner.leaseOf(seconds);
    return this.#inStep((session) => held(session, "extend", { ...this.#values, lease }));
  }

  /** Undoes all of it, and then notes by itself that the event was tried. */
  async #fail(error: unknown): Promise<string> {
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

  #inStep<Result>(work: (session: Session, signal: AbortSignal) => Promise<Result>): Promise<Result> {
    return this.#inner.limited(({ signal }) => this.#session.guarded(signal, () => work(this.#session, signal)));
  }
}
