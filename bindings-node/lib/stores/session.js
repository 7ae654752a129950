"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.Session = void 0;
/** The core's names of what is bound, where they are others than ours. */
const FIELDS = { event_type: "eventType" };
/** One connection, with the core's statements by their names. */
class Session {
    #driver;
    #statements;
    #lockedKey;
    #inTransaction = false;
    #destroyed = false;
    constructor(driver, statements) {
        this.#driver = driver;
        this.#statements = statements;
    }
    get connection() {
        return this.#driver.connection;
    }
    autocommits() {
        return this.#driver.autocommits();
    }
    async begin(signal) {
        await this.#driver.begin(signal);
        this.#inTransaction = true;
    }
    async commit(signal) {
        await this.#driver.commit(signal);
        this.#inTransaction = false;
    }
    async rollback() {
        await this.#driver.rollback();
        this.#inTransaction = false;
    }
    async rows(name, values) {
        return this.#driver.rows(...this.#bound(name, values));
    }
    async change(name, values) {
        return this.#driver.change(...this.#bound(name, values));
    }
    /** The rows of the statement that claims. MySQL gives none, and is asked afterwards. */
    async claimed(values) {
        if (this.#statement("claim").text.includes("RETURNING"))
            return this.rows("claim", values);
        await this.change("claim", values);
        return [];
    }
    /** Whether nobody else is at the event. Where there is no such lock, the transaction itself keeps others away. */
    async lock(key) {
        if (!this.#statements.has("lock") || this.#lockedKey !== undefined)
            return true;
        const [row] = await this.rows("lock", { key });
        if (Number(row?.held) !== 1)
            return false;
        // The other lock ends with the transaction.
        if (this.#statements.has("unlock"))
            this.#lockedKey = key;
        return true;
    }
    /** Does the work, and gives up the connection when the signal says so, for it would have to be waited for. */
    async guarded(signal, work) {
        const giveUp = () => this.#destroy();
        signal?.addEventListener("abort", giveUp);
        try {
            return await work();
        }
        finally {
            signal?.removeEventListener("abort", giveUp);
        }
    }
    /** Undoes what was not committed, and gives the connection back. */
    async end() {
        try {
            if (this.#inTransaction && !this.#destroyed)
                await this.rollback();
            if (this.#lockedKey !== undefined && !this.#destroyed)
                await this.rows("unlock", { key: this.#lockedKey });
        }
        catch {
            this.#destroy();
        }
        this.#driver.close();
    }
    #destroy() {
        if (this.#destroyed)
            return;
        this.#destroyed = true;
        this.#driver.destroy();
    }
    #statement(name) {
        return this.#statements.get(name);
    }
    #bound(name, values) {
        const { text, parameters } = this.#statement(name);
        return [text, parameters.map((parameter) => values[FIELDS[parameter] ?? parameter])];
    }
}
exports.Session = Session;
