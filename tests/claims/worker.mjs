// One worker for the tests across languages: node worker.mjs STORE_URL SECRET
//
// A line of JSON in, a line out: {"do":"claim","body":…,"signature":…} gives {"reply":word,"number":…}; {"do":"complete"} and
// {"do":"release","error":…} are about the claim that was asked for last, and give {"reply":true or false}. {"do":"deliver","body":…,"signature":…}
// gives {"status":…} of a receiver, whose handler adds a line to the file EFFECTS: the event, WORKER, and the time. CLIENT may be "ioredis".
import { randomBytes } from "node:crypto";
import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { env } from "node:process";
import internal from "../../bindings-node/lib/internal.js";
import { native } from "../../bindings-node/lib/native.js";
import receiving from "../../bindings-node/lib/receiver.js";
import values from "../../bindings-node/lib/values.js";
import verifying from "../../bindings-node/lib/verifier.js";
import { clientOf, storeOn } from "../../bindings-node/test-support/services.mjs";

const KINDS = { "redis:": "node-redis", "redis-cluster:": "node-redis cluster", "postgres:": "postgres", "mysql:": "mariadb", "sqlite:": "sqlite" };

const [url, secret] = process.argv.slice(2);
const kind = KINDS[new URL(url).protocol].replace("node-redis", env.CLIENT ?? "node-redis");
const { client, end } = await clientOf(kind, url);
const store = storeOn(kind, client, { leaseSeconds: Number(env.LEASE ?? 60) });
await store.createTable?.();
const claims = store[internal.CLAIMS];
const verify = new verifying.WebhookVerifier(secret)[internal.NATIVE];
const createDelivery = native.createReceiver(verify, undefined, claims.prefix, false, true);

const receiver = new receiving.WebhookReceiver(secret, (event) => appendFileSync(env.EFFECTS, `${event.id}\t${env.WORKER}\t${Date.now() / 1000}\n`), { store });

let last;

async function answer({ do: step, body, signature, error }) {
  if (step === "complete") return { reply: await claims.complete(last.key, last.token) };
  if (step === "release") return { reply: await claims.release(last.key, last.token, error) };
  if (step === "deliver") return { status: (await receiver.receive(body, signature)).status };
  const [, , , request] = createDelivery().arrive(body, signature, values.build);
  const token = randomBytes(16).toString("hex");
  const [word, number] = await claims.claim(request, token);
  last = { key: request[0], token };
  return { reply: word, number: ["claimed", "in_progress"].includes(word) ? number : 0 };
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
}
await end();
