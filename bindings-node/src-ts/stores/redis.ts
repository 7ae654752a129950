// Claims in Redis, by the scripts of the core on the host's client: node-redis or ioredis.

import { native } from "../native.js";
import { misuse, ofServers } from "../errors.js";
import { Idle, drive, lettersOf, wordAndNumber } from "./driving.js";
import type { Limit } from "./limit.js";
import { sha1 } from "../random.js";
import { sleep } from "../sleep.js";
import type { ClaimSteps, StepTime } from "./steps.js";
import { WebhookStore, type WebhookStoreOptions } from "./store.js";

/** A client of node-redis (`createClient`, `createCluster`) or ioredis (`new Redis`, `new Redis.Cluster`). */
export type RedisClient =
  | {
      /** Sends a command: node-redis. */
      sendCommand(command: any, options?: any): Promise<any>;
    }
  | {
      /** Sends a command: ioredis. */
      callBuffer(command: string, ...values: any[]): Promise<any>;
    };

/** Claims in Redis 5 or later: a single primary, with or without Sentinel, or a cluster. */
export class RedisStore extends WebhookStore {
  /**
   * @param client The connected client of your program.
   * @throws {ConfigurationError} `invalid_option`
   */
  constructor(client: RedisClient, options?: WebhookStoreOptions | null) {
    super(stepsOn(commandsOf(client), isCluster(client)), options);
  }
}

/** Sends a command, and resolves to its reply. On a cluster, the key says which node gets it. */
type Send = (command: unknown[], key: string) => Promise<any>;

/** On a cluster, the keys of a script, and the lists that it reads. */
type Place = readonly [key: string, openKey: string, lists: string];

interface Script {
  readonly text: string;
  readonly parameters: readonly string[];
  readonly sha: string;
}

let scripts: Promise<ReadonlyMap<string, Script>> | undefined;

function readScripts(): Promise<ReadonlyMap<string, Script>> {
  const read = ofServers(native.redisScripts)().map(async ([name, text, ...parameters]) => [name, { text, parameters, sha: await sha1(text) }] as const);
  return Promise.all(read).then((entries) => new Map(entries));
}

const programs = new Idle(() => ofServers(native.createRedisProgram)());

/** Strings arrive as bytes from ioredis, and from node-redis if configured so. */
function stepsOn(send: Send, onCluster: boolean): ClaimSteps {
  scripts ??= readScripts();
  const run = async (name: string, values: Readonly<Record<string, any>>, time: StepTime): Promise<any> => {
    const { text, sha, parameters } = (await scripts)!.get(name) as Script;
    const { openKey, key = openKey } = values;
    const program = programs.take();
    let reply: any;
    const take = async (step: string, argument: any) => {
      if (step === "wait") {
        await sleep(argument);
        return program.waited();
      }
      const [first, second, lists] = (argument as Place | undefined) ?? [key, openKey, ""];
      const rest = ["2", first, second, ...parameters.map((parameter) => (parameter === "lists" ? lists : asText(values[parameter])))];
      reply = await send(step === "evalsha" ? ["EVALSHA", sha, ...rest] : ["EVAL", text, ...rest], first);
      if (name === "dead_letters") rows.push(...reply.filter(Array.isArray));
      return program.replied(...wordAndNumber(Array.isArray(reply) ? reply : [reply]));
    };
    const rows: any[] = [];
    const limit = time as Limit;
    try {
      const started = onCluster ? program.start(name, limit.seconds, key, openKey) : program.start(name, limit.seconds);
      return (await drive(program, started, take, limit)) ?? (name === "dead_letters" ? rows : reply);
    } finally {
      programs.put(program);
    }
  };
  return {
    claim: ({ eventType, ...step }, time) => run("claim", { ...step, event_type: eventType }, time),
    extend: (step, time) => run("extend", step, time),
    complete: (step, time) => run("complete", step, time),
    release: (step, time) => run("release", step, time),
    take: (step, time) => run("take", step, time),
    discard: (step, time) => run("discard", step, time),
    async deadLetters(step, time) {
      const letters = lettersOf(await run("dead_letters", step, time));
      // On a cluster, they come from several lists.
      return letters.sort((one, other) => other.ageSeconds - one.ageSeconds).slice(0, step.limit);
    },
    async delivery(step, time) {
      const stored = await run("delivery", step, time);
      return stored ? { payload: stored[0], signature: String(stored[1]) } : null;
    },
  };
}

function asText(value: unknown): unknown {
  return typeof value === "number" ? String(value) : (value ?? "");
}

/** Whether it is one of ioredis, or of node-redis. */
function isCluster(client: any): boolean {
  return client?.isCluster === true || typeof client?.getSlotRandomNode === "function";
}

/** Returns a function that sends a command and resolves to its reply, with strings as bytes. */
function commandsOf(client: any): Send {
  const has = (...names: string[]) => names.every((name) => typeof client?.[name] === "function");
  if (client?.isPipeline || has("execAsPipeline")) {
    throw misuse("client must not be a pipeline or transaction", "Pass the client itself: each step waits for the reply to its command.");
  }
  if (has("sendCommand") && !has("connect") && !has("getSentinelNode")) {
    throw misuse("client must not be in legacy mode", "Pass the client that legacy() was called on. Commands in legacy mode take a callback.");
  }
  // Only some commands of a client add it, and workers in other languages do not know it.
  if ((client?._keyPrefix ?? client?.options?.keyPrefix ?? "") !== "" || client?.options?.legacyMode) {
    throw misuse(
      "client must not have a keyPrefix or legacyMode",
      "Pass a client without them, and set the prefix of the store: new RedisStore(client, { prefix: \"shop\" }).",
    );
  }
  if (has("evalshaBuffer", "evalBuffer")) {
    // ioredis. Its callBuffer sends wrong commands with enableAutoPipelining.
    return ([name, ...values]) => (name === "EVALSHA" ? client.evalshaBuffer(...values) : client.evalBuffer(...values));
  }
  if (has("callBuffer")) return (command) => client.callBuffer(...command);
  const asBytes = { typeMapping: { 36: Buffer }, returnBuffers: true }; // 36 marks strings in the protocol; the second option is for node-redis 4
  if (has("getSlotRandomNode")) return (command, key) => client.sendCommand(key, false, command, asBytes);
  if (has("getSentinelNode")) return (command) => client.sendCommand(false, command, asBytes);
  if (has("sendCommand")) return (command) => client.sendCommand(command, asBytes);
  throw misuse("client must be a Redis client", "Pass a connected client from node-redis (createClient) or ioredis (new Redis).");
}
