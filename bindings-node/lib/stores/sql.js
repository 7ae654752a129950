"use strict";
// The core's statements on the user's own database.
Object.defineProperty(exports, "__esModule", { value: true });
exports.SqlStore = void 0;
const errors_js_1 = require("../errors.js");
const internal_js_1 = require("../internal.js");
const database_js_1 = require("./database.js");
const store_js_1 = require("./store.js");
/** What PostgreSQL says when two processes make the same table at the same moment. */
const MADE_BY_ANOTHER = new Set(["23505", "42P07"]);
/**
 * Claims in a table of PostgreSQL 12, MySQL 8 or MariaDB 10.3, SQLite 3.35, or later ones. Each step is a transaction of its own.
 *
 * @example
 * ```ts
 * const store = new SqlStore(new Pool({ connectionString: process.env.DATABASE_URL }));
 * await store.createTable(); // or a migration
 * ```
 */
class SqlStore extends store_js_1.WebhookStore {
    #database;
    /**
     * @param pool The program's own pool. A database of SQLite is one connection: give the store one of its own.
     * @throws {ConfigurationError} `invalid_option`
     */
    constructor(pool, options) {
        const { table, ...common } = options ?? {};
        const database = new database_js_1.Database(pool, table);
        super(database.steps(), common);
        this.#database = database;
    }
    /** Makes the table and its indexes, where they are missing. */
    async createTable() {
        const names = ["create_table", "create_index_forget", "create_index_open"].filter((name) => this.#database.has(name));
        for (const name of names) {
            await this.#once(name, {}).catch((error) => {
                if (!MADE_BY_ANOTHER.has(error.code))
                    throw error;
            });
        }
    }
    /**
     * Deletes what need not be remembered any longer, in batches, so that no lock is held for long.
     *
     * @returns How many events were deleted.
     */
    async forget({ batch = 1000, } = {}) {
        if (!Number.isSafeInteger(batch) || batch < 1)
            throw (0, errors_js_1.misuse)("the batch is no whole number above 0", "It is how many rows one statement deletes.");
        let forgotten = 0;
        for (let deleted = batch; deleted === batch; forgotten += deleted) {
            deleted = await this.#once("forget", { limit: batch });
        }
        return forgotten;
    }
    #once(name, values) {
        return this.#database.transaction((session) => session.change(name, values));
    }
    /** @internal For the inbox. */
    get [internal_js_1.INNER]() {
        return { ...super[internal_js_1.INNER], database: this.#database };
    }
}
exports.SqlStore = SqlStore;
