"use strict";
// The claim, the handler's own writes and the completion in one transaction, so that the effect is once.
Object.defineProperty(exports, "__esModule", { value: true });
exports.SqlInbox = void 0;
const native = require("../native.js");
const errors_js_1 = require("../errors.js");
const internal_js_1 = require("../internal.js");
const claim_js_1 = require("./claim.js");
const database_js_1 = require("./database.js");
const kind_js_1 = require("./kind.js");
const reply_js_1 = require("./reply.js");
const sql_js_1 = require("./sql.js");
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
class SqlInbox extends sql_js_1.SqlStore {
    /**
     * A claim of an inbox ends with its transaction: there is nothing to hand over.
     *
     * @throws {ConfigurationError} `invalid_option`: always.
     */
    claimOf(_ticket) {
        throw (0, errors_js_1.misuse)("a claim of an inbox cannot be handed over", "It ends with the transaction of its handler. Use a store with leases.");
    }
    /** @internal */
    async [internal_js_1.PROCESS](request, handle, tell) {
        return new Delivery(this[internal_js_1.INNER], request, tell).process(handle);
    }
}
exports.SqlInbox = SqlInbox;
/** One delivery, from the beginning of its transaction to the end. */
class Delivery {
    #inner;
    #values;
    #tell;
    #session;
    constructor(inner, request, tell) {
        this.#inner = inner;
        this.#values = { ...request, token: (0, reply_js_1.newToken)(), lease: inner.lease, remember: inner.remember };
        this.#tell = tell;
    }
    async process(handle) {
        let verdict;
        try {
            [this.#session, verdict] = await this.#inner.limited(({ signal }) => this.#start(signal), ([session]) => session.end());
        }
        catch (error) {
            this.#tell.storeFailed("claim", error);
            return "store_unavailable";
        }
        try {
            return typeof verdict === "number" ? await this.#handle(handle, verdict) : verdict;
        }
        finally {
            await this.#inStep(() => this.#session.end()).catch(() => { });
        }
    }
    async #start(signal) {
        const session = await this.#inner.database.open(signal);
        try {
            return await session.guarded(signal, async () => {
                await session.begin(signal);
                return [session, await this.#claim(session)];
            });
        }
        catch (error) {
            await session.end();
            throw error;
        }
    }
    async #claim(session) {
        const isOurs = await session.lock(this.#values.key);
        return (0, reply_js_1.readReply)(isOurs ? await (0, database_js_1.claim)(session, this.#values) : ["in_progress", 0]);
    }
    async #handle(handle, attempt) {
        const { key, token } = this.#values;
        const steps = { extend: (_key, _token, seconds) => this.#extend(seconds) };
        try {
            await handle(new claim_js_1.HeldClaim(steps, key, token, attempt, this.#session.connection));
        }
        catch (error) {
            return this.#fail(error);
        }
        let done;
        try {
            done = await this.#inStep((session, signal) => this.#complete(session, signal));
        }
        catch (error) {
            this.#tell.storeFailed("complete", error);
            return "store_unavailable";
        }
        return done ? "handled" : this.#fail(new Error("the handler has ended the transaction of its claim"));
    }
    async #complete(session, signal) {
        if (!(await (0, database_js_1.held)(session, "complete", this.#values)))
            return false;
        await session.commit(signal);
        return true;
    }
    async #extend(seconds) {
        const lease = this.#inner.leaseOf(seconds);
        return this.#inStep((session) => (0, database_js_1.held)(session, "extend", { ...this.#values, lease }));
    }
    /** Undoes all of it, and then notes by itself that the event was tried. */
    async #fail(error) {
        this.#tell.failed(error);
        try {
            await this.#inStep(async (session, signal) => {
                await session.rollback();
                await session.begin(signal);
                if (typeof (await this.#claim(session)) !== "number")
                    return;
                await (0, database_js_1.held)(session, "release", { ...this.#values, error: native.handlerError((0, kind_js_1.kindOf)(error)) });
                await session.commit(signal);
            });
        }
        catch (failure) {
            this.#tell.storeFailed("release", failure);
        }
        return "handler_failed";
    }
    #inStep(work) {
        return this.#inner.limited(({ signal }) => this.#session.guarded(signal, () => work(this.#session, signal)));
    }
}
