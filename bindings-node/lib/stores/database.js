"use strict";
// The statements of one table, on a database of the user.
Object.defineProperty(exports, "__esModule", { value: true });
exports.Database = void 0;
exports.claim = claim;
exports.held = held;
const native = require("../native.js");
const errors_js_1 = require("../errors.js");
const drivers_js_1 = require("./drivers.js");
const session_js_1 = require("./session.js");
/** What a database says when two transactions were in each other's way: nothing has happened, so the step can be made again. */
const CONFLICTS = new Set(["40001", "40P01", "ER_LOCK_DEADLOCK"]);
const ATTEMPTS = 5;
class Database {
    #driver;
    #statements;
    constructor(pool, table) {
        this.#driver = (0, drivers_js_1.driverOf)(pool);
        const { dialect, placeholders } = this.#driver;
        const statements = native.sqlStatements(dialect, placeholders, table);
        if ((0, errors_js_1.isDescription)(statements))
            throw (0, errors_js_1.refusal)(statements);
        this.#statements = new Map(statements.map(([name, text, ...parameters]) => [name, { text, parameters }]));
    }
    has(name) {
        return this.#statements.has(name);
    }
    steps() {
        const inTransaction = (step) => (values, { signal }) => this.transaction((session) => step(session, values), signal);
        return {
            claim: inTransaction(claim),
            extend: inTransaction((session, values) => held(session, "extend", values)),
            complete: inTransaction((session, values) => held(session, "complete", values)),
            release: inTransaction((session, values) => held(session, "release", values)),
            deadLetters: inTransaction(deadLetters),
            delivery: inTransaction(delivery),
        };
    }
    /** A short transaction: of every statement where each is one by itself. What it does can be done again, so that it is when it was in the way of another one. */
    async transaction(work, signal) {
        for (let attempt = 1;; attempt++) {
            try {
                return await this.#attempt(work, signal);
            }
            catch (error) {
                if (!CONFLICTS.has(error?.code ?? "") || attempt === ATTEMPTS || signal?.aborted)
                    throw error;
            }
        }
    }
    async #attempt(work, signal) {
        const session = await this.open(signal);
        return session.guarded(signal, async () => {
            try {
                if (await session.autocommits())
                    return await work(session);
                await session.begin(signal);
                const result = await work(session);
                await session.commit(signal);
                return result;
            }
            finally {
                await session.end();
            }
        });
    }
    async open(signal) {
        return new session_js_1.Session(await this.#driver.open(signal), this.#statements);
    }
}
exports.Database = Database;
async function claim(session, values) {
    const [made] = await session.claimed(values);
    const row = made ?? (await session.rows("claim_reply", values))[0];
    return row ? [String(row.word), Number(row.number)] : ["in_progress", 0]; // another worker is at it
}
/** Whether the claim was the worker's, also when the answer to the first time of asking was lost. */
async function held(session, name, values) {
    return (await session.change(name, values)) > 0 || (await session.rows(`${name}_reply`, values)).length > 0;
}
async function deadLetters(session, values) {
    const rows = await session.rows("dead_letters", values);
    return rows.map((row) => ({
        key: String(row.claim_key),
        eventType: String(row.event_type),
        reason: String(row.reason),
        attempts: Number(row.attempt),
        error: row.error === null ? null : String(row.error),
        ageSeconds: Number(row.age) / 1000,
    }));
}
async function delivery(session, values) {
    const [row] = await session.rows("delivery", values);
    return row ? { payload: row.payload, signature: String(row.signature) } : null;
}
