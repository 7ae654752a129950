// Real servers for the tests of the stores: each in its own folder, on a free port, and removed after the tests.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import Redis from "ioredis";
import mysql from "mysql2/promise";
import pg from "pg";
import { createClient, createCluster } from "redis";
import { RedisStore, SqlInbox, SqlStore } from "@payvost/webhooks/stores";
import { freePort } from "./ports.mjs";

const PROGRAMS = fileURLToPath(new URL("../../tests/kit/services/", import.meta.url));

/** Where a client finds a server: its `url`, as the clients take it. */
const URLS = {
  redis: (port) => `redis://127.0.0.1:${port}`,
  "redis-cluster": (port) => `redis-cluster://127.0.0.1:${port}`,
  postgres: (port) => `postgres://postgres@127.0.0.1:${port}/postgres`,
  pgbouncer: (port) => `postgres://postgres@127.0.0.1:${port}/postgres`,
  mariadb: (port) => `mysql://root@127.0.0.1:${port}/test`,
};

/** Kills at once where that leaves no process. MariaDB ends by itself, after it has written its data. */
const ENDING = { redis: "SIGKILL", "redis-cluster": "SIGTERM", postgres: "SIGQUIT", pgbouncer: "SIGTERM", mariadb: "SIGTERM" };

/** A server under the control of a test. */
class Service {
  #name;
  #folder;
  #port;
  #rest;
  #process;

  constructor(name, folder, port, ...rest) {
    this.#name = name;
    this.#folder = folder;
    this.#port = port;
    this.#rest = rest;
  }

  get url() {
    return URLS[this.#name](this.#port);
  }

  get port() {
    return this.#port;
  }

  /** Starts it with its previous data, and waits until it replies. */
  async start() {
    const log = join(this.#folder, "log");
    for (let attempt = 0; ; attempt++) {
      if (attempt > 1200) throw new Error(`${this.#name} did not start: ${readFileSync(log, "utf8")}`);
      // Again if it has ended: the remains of a killed server may be in the way for a moment.
      if (this.#process === undefined || hasEnded(this.#process)) this.#process = launch(this.#name, [this.#folder, this.#port, ...this.#rest], log);
      if ((await isOpen(this.#port)) && (await answers(this.#name, this.url)) && this.#isComplete()) return;
      await sleep(50);
    }
  }

  /** Whether each node of a cluster knows that all are there. */
  #isComplete() {
    return this.#name !== "redis-cluster" || existsSync(join(this.#folder, "is-ready"));
  }

  /** Ends it. */
  async kill() {
    if (hasEnded(this.#process)) return;
    const ended = once(this.#process, "exit");
    this.#signal("SIGCONT");
    this.#process.kill(ENDING[this.#name]);
    await ended;
  }

  /** Freezes it: it keeps its connections, but does not reply. */
  freeze() {
    // The signal takes effect a moment later: until then a thread may still reply.
    for (const id of this.#signal("SIGSTOP")) {
      while (!isStopped(id)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }

  thaw() {
    this.#signal("SIGCONT");
  }

  async remove() {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10 });
  }

  /** PostgreSQL runs one process per connection. */
  #signal(name) {
    const { pid } = this.#process;
    let children = [];
    try {
      children = execFileSync("pgrep", ["-P", String(pid)], { encoding: "utf8" }).split("\n").filter(Boolean).map(Number);
    } catch {
      // It has none.
    }
    return [pid, ...children].filter((id) => {
      try {
        return process.kill(id, name);
      } catch {
        return false; // It has ended in the meantime.
      }
    });
  }
}

function launch(name, values, log) {
  const output = openSync(log, "a");
  try {
    return spawn(join(PROGRAMS, name), values.map(String), { stdio: ["ignore", output, output] });
  } finally {
    closeSync(output);
  }
}

function hasEnded({ exitCode, signalCode }) {
  return exitCode !== null || signalCode !== null;
}

/** Starts a server: `redis`, `redis-cluster`, `postgres`, `pgbouncer` with the port of its server, or `mariadb`. The caller removes it. */
export async function startService(name, ...rest) {
  const service = new Service(name, mkdtempSync(join(tmpdir(), `payvost-webhooks-${name}-`)), await freePort(), ...rest);
  process.once("exit", () => service.remove());
  await service.start();
  return service;
}

/** Whether every thread of a process is stopped, or gone. */
function isStopped(pid) {
  const threads = `/proc/${pid}/task`;
  try {
    // The state follows the name, which is in brackets.
    return readdirSync(threads).every((thread) => /\) [TZX] /.test(readFileSync(`${threads}/${thread}/stat`, "utf8")));
  } catch {
    return !existsSync(threads);
  }
}

async function isOpen(port) {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** An open port is not enough: PostgreSQL rejects connections while it starts. */
async function answers(name, url) {
  try {
    const { ask, end } = await clientOf(CLIENT_OF[name] ?? name, url);
    try {
      await ask();
      return true;
    } finally {
      await end();
    }
  } catch {
    return false;
  }
}

const CLIENT_OF = { redis: "node-redis", "redis-cluster": "node-redis cluster", pgbouncer: "postgres" };

/** The clients, as users create them. */
export const CLIENTS = ["node-redis", "ioredis", "node-redis cluster", "ioredis cluster", "postgres", "mariadb", "sqlite"];

/** `{ client, ask(), end() }`, connected. */
export async function clientOf(kind, url) {
  switch (kind) {
    case "node-redis": {
      const client = createClient({ url, socket: { reconnectStrategy: 50 } });
      client.on("error", () => {});
      await client.connect();
      return { client, ask: () => client.ping(), end: () => client.destroy() };
    }
    case "ioredis": {
      const client = new Redis(url, { retryStrategy: () => 50 });
      client.on("error", () => {});
      return { client, ask: () => client.ping(), end: () => client.disconnect() };
    }
    case "node-redis cluster": {
      const client = createCluster({ rootNodes: [{ url: url.replace("redis-cluster:", "redis:") }], defaults: { socket: { reconnectStrategy: 50 } } });
      client.on("error", () => {});
      await client.connect();
      return { client, ask: () => client.set("ready", "1"), end: () => client.destroy() };
    }
    case "ioredis cluster": {
      const client = new Redis.Cluster([url.replace("redis-cluster:", "redis:")], { clusterRetryStrategy: () => 50 });
      client.on("error", () => {});
      return { client, ask: () => client.set("ready", "1"), end: () => client.disconnect() };
    }
    case "postgres": {
      const client = new pg.Pool({ connectionString: url, max: 4 });
      client.on("error", () => {});
      return { client, ask: () => client.query("SELECT 1"), end: () => client.end() };
    }
    case "mariadb": {
      const client = mysql.createPool({ uri: url, connectionLimit: 4 });
      return { client, ask: () => client.query("SELECT 1"), end: () => client.end() };
    }
    case "sqlite": {
      const client = new Database(url.replace(/^sqlite:\/\//, ""));
      client.pragma("journal_mode = WAL");
      client.pragma("synchronous = OFF");
      return { client, ask: () => client.prepare("SELECT 1").get(), end: () => client.close() };
    }
  }
}

/** The store that goes with a client. */
export function storeOn(kind, client, options) {
  if (kind.includes("redis")) return new RedisStore(client, options);
  return options?.inbox ? new SqlInbox(client, without(options, "inbox")) : new SqlStore(client, options);
}

function without(options, name) {
  const { [name]: _name, ...rest } = options;
  return rest;
}
