// The core's scripts on the user's own client, node-redis or ioredis.

import native = require("../native.js");
import { createHash } from "node:crypto";
import { misuse } from "../errors.js";
import type { ClaimSteps } from "./steps.js";
import { WebhookStore, type WebhookStoreOptions } from "./store.js";

/** A client of node-redis (`createClient`) or ioredis (`new Redis`). */
export type RedisClient =
  | {
      /** Sends a command: node-redis. */
      sendCommand(command: any, options?: any): Promise<any>;
    }
  | {
      /** Sends a command: ioredis. */
      callBuffer(command: string, ...values: any[]): Promise<any>;
    };

/** Claims on Redis 5 or later: one primary, with Sentinel or without, no cluster. */
export class RedisStore extends WebhookStore {
  /**
   * @param client The program's own client, connected.
   * @throws {ConfigurationError} `invalid_option`
   */
  constructor(client: RedisClient, options?: WebhookStoreOptions | null) {
    super(stepsOn(commandsOf(client), (client as any).options?.keyPrefix ?? ""), options);
  }
}

type Send = (command: unknown[]) => Promise<any>;

const SCRIPTS = new Map(
  native.redisScripts().map(([name, text]) => [name, { text, sha: createHash("sha1").update(text).digest("hex") }]),
);

/** Texts come as bytes from node-redis when it was set so, and from ioredis always. `prefix` is what ioredis puts before each key. */
function stepsOn(send: Send, prefix: string): ClaimSteps {
  const run = async (name: string, { key = "", openKey }: { key?: string; openKey: string }, values: readonly unknown[]): Promise<any> => {
    const { text, sha } = SCRIPTS.get(name) as { text: string; sha: string };
    const rest = ["2", key, openKey, ...values.map((value) => (typeof value === "number" ? String(value) : value))];
    try {
      return await send(["EVALSHA", sha, ...rest]);
    } catch (error) {
      if (!String((error as Error | undefined)?.message).startsWith("NOSCRIPT")) throw error;
      return send(["EVAL", text, ...rest]);
    }
  };
  return {
    async claim(step) {
      const { fingerprint, token, lease, remember, eventType, payload, signature } = step;
      const reply = await run("claim", step, [fingerprint, token, lease, remember, eventType, payload ?? "", signature ?? ""]);
      return [String(reply[0]), Number(reply[1])];
    },
    extend: async (step) => Number(await run("extend", step, [step.token, step.lease])) === 1,
    complete: async (step) => Number(await run("complete", step, [step.token, step.remember])) === 1,
    release: async (step) => Number(await run("release", step, [step.token, step.remember, step.error])) === 1,
    async deadLetters(step) {
      const letters: unknown[][] = await run("dead_letters", step, [step.limit]);
      return letters.map(([key, eventType, reason, attempts, error, age]): any => ({
        key: String(key).slice(prefix.length),
        eventType: String(eventType),
        reason: String(reason),
        attempts: Number(attempts),
        error: String(error) || null,
        ageSeconds: Number(age) / 1000,
      }));
    },
    async delivery(step) {
      const kept = await run("delivery", step, []);
      return kept ? { payload: kept[0], signature: String(kept[1]) } : null;
    },
  };
}

/** A function that sends a command and gives its reply, texts as bytes. */
function commandsOf(client: any): Send {
  if (client?.isCluster) throw misuse("a cluster cannot be the store", "The scripts need a single primary, with Sentinel or without.");
  if (typeof client?.callBuffer === "function") return (command) => client.callBuffer(...command); // ioredis
  if (typeof client?.sendCommand === "function") {
    const asBytes = { typeMapping: { 36: Buffer }, returnBuffers: true }; // the marker of texts in the protocol; node-redis 4
    return (command) => client.sendCommand(command, asBytes);
  }
  throw misuse("this is no client of Redis", "Pass a client of node-redis (createClient) or ioredis (new Redis), connected.");
}
