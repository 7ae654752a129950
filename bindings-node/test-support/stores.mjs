// Every store, each on a real server.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { MemoryStore } from "@payvost/webhooks/stores";
import { clientOf, startService, storeOn } from "./services.mjs";

/** The stores by their names: the client, and the server that it needs. */
export const STORES = {
  memory: {},
  "node-redis": { client: "node-redis", service: "redis" },
  ioredis: { client: "ioredis", service: "redis" },
  postgres: { client: "postgres", service: "postgres" },
  "postgres inbox": { client: "postgres", service: "postgres", inbox: true },
  mariadb: { client: "mariadb", service: "mariadb" },
  "mariadb inbox": { client: "mariadb", service: "mariadb", inbox: true },
  sqlite: { client: "sqlite", service: "sqlite" },
  "sqlite inbox": { client: "sqlite", service: "sqlite", inbox: true },
};

/** The store on a Redis Cluster: its rules are those of the store on one server, so only the sequences run there. */
export const CLUSTERS = {
  "node-redis cluster": { client: "node-redis cluster", service: "redis-cluster" },
  "ioredis cluster": { client: "ioredis cluster", service: "redis-cluster" },
};

const ALL = { ...STORES, ...CLUSTERS };

/** A server, from the first test that needs it to the last one of the file. */
export class Services {
  #running = new Map();

  async start(name) {
    if (!this.#running.has(name)) this.#running.set(name, name === "sqlite" ? await temporaryFile() : await startService(name));
    return this.#running.get(name);
  }

  async remove() {
    for (const service of this.#running.values()) await service.remove();
  }
}

async function temporaryFile() {
  const folder = mkdtempSync(join(tmpdir(), "payvost-webhooks-sqlite-"));
  return { url: `sqlite://${join(folder, "claims.db")}`, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Opens a store by its name, on a running server. Returns `{ store, client, end }`. */
export async function openStore(name, url, options = {}) {
  const { client: kind, inbox } = ALL[name];
  if (kind === undefined) return { store: new MemoryStore(options), end: () => {} };
  const { client, end } = await clientOf(kind, url);
  const store = storeOn(kind, client, inbox ? { ...options, inbox } : options);
  await store.createTable?.();
  return { store, client, end, options, url };
}

/** Runs SQL on a client of any database, and returns the rows. */
export async function run(client, text) {
  if (client.exec) {
    const statement = client.prepare(text);
    return statement.reader ? statement.all() : statement.run();
  }
  const result = await client.query(text);
  return result.rows ?? result[0];
}

/**
 * Runs the same tests for each of these stores. `tests` receives the name and `open(options)`, which returns `{ store, client }` with keys of
 * its own.
 */
export function eachStore(names, tests) {
  const services = new Services();
  after(() => services.remove());
  let count = 0;
  for (const name of names) {
    describe(name, { concurrency: true }, () => {
      let url;
      const ends = [];
      before(async () => {
        const { service } = ALL[name];
        url = service && (await services.start(service)).url;
      });
      after(async () => {
        // A failed test may still hold a connection, which a pool would wait for.
        await Promise.race([Promise.all(ends.map((end) => end())), sleep(2_000)]);
      });
      tests(name, async (options) => {
        const own = `test${++count}`;
        const names = { prefix: own, ...(ALL[name].service && !ALL[name].service.startsWith("redis") && { table: own }) };
        const opened = await openStore(name, url, { ...names, ...options });
        ends.push(opened.end);
        return opened;
      });
    });
  }
}
