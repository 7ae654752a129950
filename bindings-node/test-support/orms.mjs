// The ORMs that an inbox can be made on: how users open them, and how their handlers write.
import { createRequire } from "node:module";
import Database from "better-sqlite3";
import mysql from "mysql2/promise";
import pg from "pg";
import { prismaOf } from "./prisma.mjs";

const consumers = createRequire(new URL("../consumers/", import.meta.url));

const INSERT = { postgres: "INSERT INTO payments (id) VALUES ($1)", mariadb: "INSERT INTO payments (id) VALUES (?)", sqlite: "INSERT INTO payments (id) VALUES (?)" };

const mysqlOf = (url) => {
  const { hostname: host, port, username: user, pathname } = new URL(url);
  return { host, port: Number(port), user, database: pathname.slice(1), connectionLimit: 10 };
};

const sqliteOf = (url) => {
  const database = new Database(url.replace("sqlite://", ""));
  database.pragma("journal_mode = WAL");
  return database;
};

/**
 * By the database: `open(url)` returns the client of the ORM and how to close it, `write(transaction, id)` inserts a payment, `send(transaction,
 * text)` sends a statement, `nested(transaction, work)` runs a nested transaction, and `own(client, work)` one of the program's own.
 */
export const ORMS = {
  postgres: {
    Prisma: prisma("postgresql"),
    TypeORM: typeorm("postgres", (url) => ({ type: "postgres", url, poolSize: 10 })),
    "Drizzle with pg": {
      open(url) {
        const pool = new pg.Pool({ connectionString: url, max: 10 });
        pool.on("error", () => {});
        return { client: consumers("drizzle-orm/node-postgres").drizzle(pool), end: () => pool.end() };
      },
      ...drizzle("postgres"),
    },
    "Drizzle with postgres.js": {
      open(url) {
        const sql = consumers("postgres")(url, { max: 10, onnotice: () => {} });
        return { client: consumers("drizzle-orm/postgres-js").drizzle(sql), end: () => sql.end() };
      },
      ...drizzle("postgres"),
    },
    Kysely: kysely("postgres", ({ PostgresDialect }, url) => {
      const pool = new pg.Pool({ connectionString: url, max: 10 });
      pool.on("error", () => {});
      return new PostgresDialect({ pool });
    }),
    Knex: knex("pg", (url) => url),
    "postgres.js": {
      open(url) {
        const sql = consumers("postgres")(url, { max: 10, onnotice: () => {}, transform: consumers("postgres").camel });
        return { client: sql, end: () => sql.end() };
      },
      write: (sql, id) => sql`INSERT INTO payments (id) VALUES (${id})`,
      send: (sql, text) => sql.unsafe(text),
      nested: (sql, work) => sql.savepoint(work),
      own: (sql, work) => sql.begin(work),
    },
    PGlite: {
      isAlone: true,
      async open() {
        const database = await new (consumers("@electric-sql/pglite").PGlite)();
        return { client: database, end: () => database.close() };
      },
      write: (transaction, id) => transaction.query(INSERT.postgres, [id]),
      send: (transaction, text) => transaction.exec(text),
      own: (database, work) => database.transaction(work),
    },
  },
  mariadb: {
    Prisma: prisma("mysql"),
    TypeORM: typeorm("mariadb", (url) => ({ type: "mariadb", url, poolSize: 10 })),
    Drizzle: {
      open(url) {
        const pool = mysql.createPool(mysqlOf(url));
        return { client: consumers("drizzle-orm/mysql2").drizzle(pool), end: () => pool.end() };
      },
      ...drizzle("mysql"),
    },
    Kysely: kysely("mariadb", ({ MysqlDialect }, url) => new MysqlDialect({ pool: consumersPool(url) })),
    Knex: knex("mysql2", mysqlOf),
  },
  sqlite: {
    Prisma: prisma("sqlite"),
    TypeORM: typeorm("sqlite", (url) => ({ type: "better-sqlite3", database: url.replace("sqlite://", ""), enableWAL: true })),
    Drizzle: {
      open(url) {
        const database = sqliteOf(url);
        return { client: consumers("drizzle-orm/better-sqlite3").drizzle(database), end: () => database.close() };
      },
      write: (database, id) => void database.run(consumers("drizzle-orm").sql`INSERT INTO payments (id) VALUES (${id})`),
      send: (database, text) => void database.run(consumers("drizzle-orm").sql.raw(text)),
    },
    Kysely: kysely("sqlite", ({ SqliteDialect }, url) => new SqliteDialect({ database: sqliteOf(url) })),
    Knex: knex("better-sqlite3", (url) => ({ filename: url.replace("sqlite://", "") })),
  },
};

function prisma(provider) {
  return {
    open(url) {
      const client = prismaOf(provider, url);
      return { client, end: () => client.$disconnect() };
    },
    write: (transaction, id) => transaction.payment.create({ data: { id } }),
    send: (transaction, text) => transaction.$executeRawUnsafe(text),
    own: (client, work) => client.$transaction(work),
  };
}

function typeorm(kind, optionsOf) {
  return {
    async open(url) {
      const source = new (consumers("typeorm").DataSource)(optionsOf(url));
      await source.initialize();
      return { client: source, end: () => source.destroy() };
    },
    write: (manager, id) => manager.query(INSERT[kind], [id]),
    send: (manager, text) => manager.query(text),
    nested: (manager, work) => manager.transaction(work),
    own: (source, work) => source.transaction(work),
  };
}

function drizzle() {
  const { sql } = consumers("drizzle-orm");
  return {
    write: (transaction, id) => transaction.execute(sql`INSERT INTO payments (id) VALUES (${id})`),
    send: (transaction, text) => transaction.execute(sql.raw(text)),
    nested: (transaction, work) => transaction.transaction(work),
    own: (database, work) => database.transaction(work),
  };
}

function kysely(_kind, dialectOf) {
  const { Kysely, sql } = consumers("kysely");
  return {
    open(url) {
      const client = new Kysely({ dialect: dialectOf(consumers("kysely"), url) });
      return { client, end: () => client.destroy() };
    },
    write: (transaction, id) => transaction.insertInto("payments").values({ id }).execute(),
    send: (transaction, text) => sql.raw(text).execute(transaction),
    own: (client, work) => client.transaction().execute(work),
  };
}

function knex(name, connectionOf) {
  return {
    open(url) {
      const client = consumers("knex")({ client: name, connection: connectionOf(url), useNullAsDefault: true, pool: { min: 0, max: name === "better-sqlite3" ? 1 : 10 } });
      return { client, end: () => client.destroy() };
    },
    write: (transaction, id) => transaction("payments").insert({ id }),
    send: (transaction, text) => transaction.raw(text),
    nested: (transaction, work) => transaction.transaction(work),
    own: (client, work) => client.transaction(work),
  };
}

/** Kysely takes the pool with callbacks. */
function consumersPool(url) {
  return mysql.createPool(mysqlOf(url)).pool;
}
