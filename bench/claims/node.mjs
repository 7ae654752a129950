// What a claim costs beside a bare `SET … NX` and a bare `INSERT … ON CONFLICT`: see bench/claims/node.
import process from "node:process";
import internal from "../../bindings-node/lib/internal.js";
import memory from "../../bindings-node/lib/stores/memory.js";
import { deliveryOf, SECRET } from "../../bindings-node/test-support/deliveries.mjs";
import { clientOf, startService, storeOn } from "../../bindings-node/test-support/services.mjs";
import receiving from "../../bindings-node/lib/receiver.js";

const ROUNDS = Number(process.argv[2] ?? 2_000);
const REMEMBER = 86_400;

let tokens = 0;

const BARE = {
  "node-redis": ["SET … NX EX", (client, key) => client.set(key, "1", { NX: true, EX: REMEMBER })],
  ioredis: ["SET … NX EX", (client, key) => client.set(key, "1", "EX", REMEMBER, "NX")],
  postgres: ["INSERT … ON CONFLICT", (client, key) => client.query("INSERT INTO bare (id) VALUES ($1) ON CONFLICT DO NOTHING", [key])],
  mariadb: ["INSERT IGNORE", (client, key) => client.execute("INSERT IGNORE INTO bare (id) VALUES (?)", [key])],
  sqlite: ["INSERT … ON CONFLICT", (client, key) => client.prepare("INSERT INTO bare (id) VALUES (?) ON CONFLICT DO NOTHING").run(key)],
};

/** The median of the times, in microseconds: other work on the machine disturbs it least. */
function middle(times) {
  return times.sort((a, b) => a - b)[times.length >> 1] * 1_000;
}

async function measure(name, client, store) {
  const claims = store[internal.CLAIMS];
  const claim = async (key) => {
    const request = { key, fingerprint: "f".repeat(64), eventType: "payment.succeeded", payload: null, signature: null, retry: false };
    const token = String(++tokens).padStart(32, "0");
    await claims.claim(request, token);
    return token;
  };
  const receiver = new receiving.WebhookReceiver(SECRET, () => {}, { store });
  const [bare, ask] = BARE[name] ?? ["–", () => {}];
  const parts = {
    [bare]: (round) => ask(client, `bare:${round}`),
    claim: (round) => claim(`claim:${round}`),
    complete: (round, token) => claims.complete(`claim:${round}`, token),
    "a whole delivery": (round) => receiver.receive(...deliveries[round]),
    "the same again": (round) => receiver.receive(...deliveries[round]),
  };
  const deliveries = Array.from({ length: ROUNDS }, (_, round) => deliveryOf(`evt_${round}`));
  const times = Object.fromEntries(Object.keys(parts).map((part) => [part, []]));
  for (let round = 0; round < ROUNDS; round++) {
    let last;
    for (const [part, run] of Object.entries(parts)) {
      const started = performance.now();
      last = await run(round, last);
      times[part].push(performance.now() - started);
    }
  }
  return [bare, Object.values(times).map((each) => middle(each.slice(ROUNDS >> 2)))];
}

const rows = [];
const note = (name, [bare, times]) => {
  const [asked, claim, ...rest] = times;
  const cells = [bare, name === "memory" ? "–" : asked.toFixed(0), claim.toFixed(0), name === "memory" ? "–" : (claim / asked).toFixed(2)];
  rows.push(`| ${[name, ...cells, ...rest.map((time) => time.toFixed(0))].join(" | ")} |`);
};

note("memory", await measure("memory", undefined, new memory.MemoryStore()));
for (const [service, kinds] of Object.entries({ redis: ["node-redis", "ioredis"], postgres: ["postgres"], mariadb: ["mariadb"], sqlite: ["sqlite"] })) {
  const server = service === "sqlite" ? { url: "sqlite://:memory:", remove() {} } : await startService(service);
  for (const kind of kinds) {
    const { client, end } = await clientOf(kind, server.url);
    if (kind === "node-redis" || kind === "ioredis") await (client.flushAll ?? client.flushall).call(client);
    else await (client.exec ?? client.query).call(client, "CREATE TABLE bare (id varchar(255) PRIMARY KEY)");
    const store = storeOn(kind, client);
    await store.createTable?.();
    note(kind, await measure(kind, client, store));
    await end();
  }
  await server.remove();
}

console.log("Times in µs, the median of each; the bare request is the server's own shortest way to say whether a key is new.\n");
console.log("| store | the bare request | µs | claim | ratio | complete | a whole delivery | the same again |");
console.log("| --- | --- | --- | --- | --- | --- | --- | --- |");
console.log(rows.join("\n"));
