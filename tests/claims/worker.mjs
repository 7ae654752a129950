// One worker for the tests across languages: node worker.mjs STORE_URL SECRET
//
// A line of JSON in, a line out: {"do":"claim","body":…,"signature":…} gives {"reply":word,"number":…}; {"do":"complete"} and
// {"do":"release","error":…} are about the claim that was asked for last, and give {"reply":true or false}.
import { createInterface } from "node:readline";
import internal from "../../bindings-node/lib/internal.js";
import reply from "../../bindings-node/lib/stores/reply.js";
import values from "../../bindings-node/lib/values.js";
import verifying from "../../bindings-node/lib/verifier.js";
import { clientOf, storeOn } from "../../bindings-node/test-support/services.mjs";

const KINDS = { "redis:": "node-redis", "postgres:": "postgres", "mysql:": "mariadb", "sqlite:": "sqlite" };

const [url, secret] = process.argv.slice(2);
const { INNER, NATIVE } = internal;
const verifier = new verifying.WebhookVerifier(secret);
const kind = KINDS[new URL(url).protocol];
const { client, end } = await clientOf(kind, url);
const store = storeOn(kind, client);
await store.createTable?.();
const { steps, claimed, limited, prefix, lease, remember, openKey } = store[INNER];

let last;

async function answer({ do: step, body, signature, error }) {
  if (step === "complete") return { reply: await claimed.complete(last.key, last.token) };
  if (step === "release") return { reply: await claimed.release(last.key, last.token, error) };
  const [, , key, fingerprint, eventType] = verifier[NATIVE].receiveToClaim(body, signature, values.build, prefix);
  const request = { key, fingerprint, eventType, token: reply.newToken(), payload: Buffer.from(body), signature, lease, remember, openKey };
  const [word, number] = await limited((time) => steps.claim(request, time));
  last = request;
  return { reply: word, number: ["claimed", "in_progress"].includes(word) ? number : 0 };
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
}
await end();
