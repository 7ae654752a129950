// The sequences that every language runs on each of its stores: the requests of two workers, and the replies of the store.
import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { env } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { WebhookVerifier } from "@payvost/webhooks";
import { MemoryStore } from "@payvost/webhooks/stores";
import internal from "../lib/internal.js";
import { native } from "../lib/native.js";
import values from "../lib/values.js";
import { SECRET, deliveryOf } from "../test-support/deliveries.mjs";
import { storeOn } from "../test-support/services.mjs";
import { CLUSTERS, STORES, eachStore } from "../test-support/stores.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const VECTORS = join(ROOT, "tests/vectors/claims");
const CASES = readdirSync(VECTORS).filter((name) => name.endsWith(".json")).flatMap((name) => JSON.parse(readFileSync(join(VECTORS, name), "utf8")).cases);

const folder = join(env.OBSERVED ?? join(ROOT, "target/observed"), "claims");
mkdirSync(folder, { recursive: true });
const observations = join(folder, "node.jsonl");
writeFileSync(observations, "");

const TOKENS = { A: "a".repeat(32), B: "b".repeat(32) };
const NAMES = {
  "node-redis": "redis node-redis",
  ioredis: "redis ioredis",
  "node-redis cluster": "redis cluster node-redis",
  "ioredis cluster": "redis cluster ioredis",
};

/** The token of a worker, or of a worker that has taken a ticket. */
function tokenOf({ worker, ticket_of: ticket }) {
  return (TOKENS[ticket] ?? "") + TOKENS[worker];
}

/** One sequence on a store, with the steps that the receiver would take. */
class Sequence {
  #claims;
  #make;
  #store;

  /** `make(options)` makes another store on the same client. */
  constructor(store, make) {
    this.#store = store;
    this.#make = make;
    this.#claims = store[internal.CLAIMS];
  }

  async claim({ event, body, worker }) {
    const [word, number] = await this.#claims.claim(this.#request(event, body), TOKENS[worker]);
    return word === "claimed" ? { [word]: number } : word;
  }

  complete({ event, ...step }) {
    return this.#claims.complete(this.#request(event)[0], tokenOf(step));
  }

  release({ event, error, ...step }) {
    return this.#claims.release(this.#request(event)[0], tokenOf(step), error);
  }

  extend({ event, milliseconds, ...step }) {
    return this.#claims.extend(this.#request(event)[0], tokenOf(step), milliseconds / 1000);
  }

  async take({ event, ...step }) {
    const [word, number] = await this.#claims.take(this.#request(event)[0], TOKENS[step.ticket_of], tokenOf(step));
    return word === "claimed" ? { [word]: number } : word;
  }

  discard({ event }) {
    return this.#store.discard(this.#request(event)[0]);
  }

  async delivery({ event }) {
    const stored = await this.#store.delivery(this.#request(event)[0]);
    if (stored === null) return null;
    new WebhookVerifier(SECRET).verify(stored.payload, stored.signature);
    return JSON.parse(Buffer.from(stored.payload).toString()).data.body;
  }

  async dead_letters() {
    const letters = await this.#store.deadLetters(1000);
    return letters.map(({ key, reason, attempts, error }) => [key.slice(this.#claims.prefix.length + 1), reason, attempts, error]);
  }

  prefix({ prefix }) {
    try {
      this.#make({ prefix });
    } catch (error) {
      assert.equal(error.code, "invalid_option");
      return false;
    }
    return true;
  }

  async wait({ milliseconds }) {
    await sleep(milliseconds);
    return null;
  }

  /** The request of the core for an event. */
  #request(id, body = "") {
    const [payload, signature] = deliveryOf(id, { data: { body } });
    const verify = new WebhookVerifier(SECRET)[internal.NATIVE];
    const delivery = native.createReceiver(verify, undefined, this.#claims.prefix, false, true)();
    const [, , , request] = delivery.arrive(payload, signature, values.build);
    return request;
  }
}

eachStore(Object.keys({ ...STORES, ...CLUSTERS }).filter((name) => !name.endsWith("inbox")), (name, open) => {
  for (const { id, comment, policy, steps } of CASES) {
    test(`${id}: ${comment}`, async () => {
      const { store, client } = await open({ timeoutSeconds: 20, ...(policy.lease_seconds && { leaseSeconds: policy.lease_seconds }) });
      const { client: kind } = STORES[name] ?? CLUSTERS[name];
      const sequence = new Sequence(store, (options) => (kind === undefined ? new MemoryStore(options) : storeOn(kind, client, options)));
      const replies = [];
      for (const step of steps) replies.push(await sequence[step.do](step));
      appendFileSync(observations, `${JSON.stringify({ id: `${NAMES[name] ?? name}/${id}`, replies })}\n`);
      assert.deepEqual(replies, steps.map(({ expect = null }) => expect));
    });
  }
});
