"use strict";

const { acquire } = require("./acquire.js");

/** A pool of mysql2 with promises. */
function mysql(pool) {
  return {
    dialect: "mysql",
    placeholders: "question",
    open: async (signal) => session(await acquire(pool.getConnection(), signal, (connection) => connection.release())),
  };
}

function session(connection) {
  let broken = false;
  const execute = async (sql, values) => {
    // As text: a number would be sent as a floating-point one, which LIMIT refuses.
    const bound = values.map((value) => (typeof value === "number" ? String(value) : value));
    const [result] = await connection.execute({ sql, rowsAsArray: false }, bound);
    return result;
  };
  return {
    connection,
    begin: () => connection.query("START TRANSACTION"),
    commit: () => connection.query("COMMIT"),
    rollback: () => connection.query("ROLLBACK"),
    rows: execute,
    change: async (text, values) => (await execute(text, values)).affectedRows,
    destroy() {
      broken = true;
      connection.destroy();
    },
    close() {
      if (!broken) connection.release();
    },
  };
}

module.exports = { mysql };
