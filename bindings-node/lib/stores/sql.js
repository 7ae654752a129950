"use strict";

// The core's statements on the user's own database.

const { misuse } = require("../errors.js");
const { INNER } = require("../internal.js");
const { Database } = require("./database.js");
const { WebhookStore } = require("./store.js");

/** What PostgreSQL says when two processes make the same table at the same moment. */
const MADE_BY_ANOTHER = new Set(["23505", "42P07"]);

class SqlStore extends WebhookStore {
  #database;

  constructor(pool, options) {
    const { table, ...common } = options ?? {};
    const database = new Database(pool, table);
    super(database.steps(), common);
    this.#database = database;
  }

  async createTable() {
    const names = ["create_table", "create_index_forget", "create_index_open"].filter((name) => this.#database.has(name));
    for (const name of names) {
      await this.#once(name, {}).catch((error) => {
        if (!MADE_BY_ANOTHER.has(error.code)) throw error;
      });
    }
  }

  async forget({ batch = 1000 } = {}) {
    if (!Number.isSafeInteger(batch) || batch < 1) throw misuse("the batch is no whole number above 0", "It is how many rows one statement deletes.");
    let forgotten = 0;
    for (let deleted = batch; deleted === batch; forgotten += deleted) {
      deleted = await this.#once("forget", { limit: batch });
    }
    return forgotten;
  }

  #once(name, values) {
    return this.#database.transaction((session) => session.change(name, values));
  }

  /** For the inbox. */
  get [INNER]() {
    return { ...super[INNER], database: this.#database };
  }
}

module.exports = { SqlStore };
