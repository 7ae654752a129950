// What a claim costs beside a bare `SET … NX` and a bare `INSERT … ON CONFLICT`: see bench/claims/node.
import process from "node:process";
import internal from "../../bindings-node/lib/internal.js";
import memory from "../../bindings-node/lib/stores/memory.js";
import sql from "../../bindings-node/lib/stores/sql.js";
import { deliveryOf, SECRET } from "../../bindings-node/test-support/deliveries.mjs";
import { clientOf, startService, storeOn } from "../../bindings-node/test-support/services.mjs";
import receiving from "../../bindings-node/lib/receiver.js";

const ROUNDS = Number(process.argv[2] ?? 2_000);
const REMEMBER = 86_400;

/** The targets, in multiples of the bare request. */
const TO_REACH = {
  "node-redis": { claim: 1.3, "claim and complete": 2.4, "an event that is done": 1.1 },
  ioredis: { claim: 1.3, "claim and complete": 2.4, "an event that is done": 1.1 },
  postgres: { claim: 1.4, "claim and complete": 2.4, "an event that is done": 1.4 },
  mariadb: { claim: 1.6, "claim and complete": 2.8, "an event that is done": 1.6 },
};
const TO_REACH_BY_INBOX = 1.3;

let tokens = 0;

const BARE = {
  "node-redis": ["`SET … NX EX`", (client, key) => client.set(key, "1", { NX: true, EX: REMEMBER })],
  ioredis: ["`SET … NX EX`", (client, key) => client.set(key, "1", "EX", REMEMBER, "NX")],
  postgres: ["`INSERT … ON CONFLICT`", (client, key) => client.query("INSERT INTO bare (id) VALUES ($1) ON CONFLICT DO NOTHING", [key])],
  mariadb: ["`INSERT IGNORE`", (client, key) => client.execute("INSERT IGNORE INTO bare (id) VALUES (?)", [key])],
  sqlite: ["`INSERT … ON CONFLICT`", (client, key) => client.prepare("INSERT INTO bare (id) VALUES (?) ON CONFLICT DO NOTHING").run(key)],
};

/** How to do by hand what an inbox does: connections, and statements on one of them. */
const BY_HAND = {
  postgres: {
    begin: (pool) => pool.connect(),
    run: (connection, text, values) => connection.query(text.replace(/\?/g, (() => { let at = 0; return () => `$${++at}`; })()), values),
  },
  mariadb: {
    begin: (pool) => pool.getConnection(),
    run: (connection, text, values) => (values === undefined ? connection.query(text) : connection.execute(text, values)),
  },
};

const EVENT =
  "INSERT INTO by_hand (claim_key, fingerprint, state, token, attempt, lease_until, forget_at, changed_at, event_type) VALUES (?, ?, 'done', ?, 1, 0, 1, 1, ?)";
const EFFECT = "INSERT INTO effects (event) VALUES (?)";

/** The median of the times, in microseconds: other work on the machine disturbs it least. */
function middle(times) {
  return times.sort((a, b) => a - b)[times.length >> 1] * 1_000;
}

/** Runs the parts in turns. Returns the median of each. */
async function inTurns(parts) {
  const times = Object.fromEntries(Object.keys(parts).map((part) => [part, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [part, run] of Object.entries(parts)) {
      const started = performance.now();
      await run(round);
      times[part].push(performance.now() - started);
    }
  }
  return Object.entries(times).map(([part, each]) => [part, middle(each.slice(ROUNDS >> 2))]);
}

async function measure(name, client, store) {
  const claims = store[internal.CLAIMS];
  const claim = async (key) => {
    const token = String(++tokens).padStart(32, "0");
    await claims.claim([key, "f".repeat(64), "payment.succeeded", false, null, null], token);
    return token;
  };
  const deliveries = Array.from({ length: ROUNDS }, (_, round) => deliveryOf(`evt_${round}`));
  const receiver = new receiving.WebhookReceiver(SECRET, () => {}, { store });
  await claims.complete("claim:done", await claim("claim:done"));
  const [bare, ask] = BARE[name] ?? [];
  return inTurns({
    ...(ask && { [bare]: (round) => ask(client, `bare:${round}`) }),
    claim: (round) => claim(`claim:${round}`),
    "claim and complete": async (round) => claims.complete(`both:${round}`, await claim(`both:${round}`)),
    "an event that is done": () => claim("claim:done"),
    "a whole delivery": (round) => receiver.receive(...deliveries[round]),
  });
}

async function measureInbox(name, pool) {
  const { begin, run } = BY_HAND[name];
  const inbox = new sql.SqlInbox(pool, { table: "inbox", noteAttempts: false });
  await inbox.createTable();
  await new sql.SqlStore(pool, { table: "by_hand" }).createTable();
  await pool.query("CREATE TABLE effects (event varchar(255))");
  const receiver = new receiving.WebhookReceiver(SECRET, (event, { connection }) => run(connection, EFFECT, [event.id]), { store: inbox });
  const deliveries = Array.from({ length: ROUNDS }, (_, round) => deliveryOf(`evt_inbox_${round}`));
  return inTurns({
    "the same inserts in one transaction, by hand": async (round) => {
      const connection = await begin(pool);
      await run(connection, "BEGIN");
      await run(connection, EVENT, [`webhook:evt_${round}`, "f".repeat(64), "0".repeat(32), "payment.succeeded"]);
      await run(connection, EFFECT, [`evt_${round}`]);
      await run(connection, "COMMIT");
      connection.release();
    },
    "a whole delivery to an inbox": (round) => receiver.receive(...deliveries[round]),
  });
}

function note(name, times, targets) {
  const [, first] = times[0];
  for (const [part, time] of times) {
    const ratio = time / first;
    const target = targets?.[part];
    const mark = target === undefined ? "" : `${target} × ${ratio <= target ? "✓" : "✗"}`;
    console.log(`| ${[name, part, time.toFixed(0), `${ratio.toFixed(2)} ×`, mark].join(" | ")} |`);
  }
}

console.log("Times in µs, the median of each, and times of the first row; that is the server's own shortest way to say whether a key is new.\n");
console.log("| store | | µs | | to reach |");
console.log("| --- | --- | ---: | ---: | --- |");
note("memory", await measure("memory", undefined, new memory.MemoryStore()));
for (const [service, kinds] of Object.entries({ redis: ["node-redis", "ioredis"], postgres: ["postgres"], mariadb: ["mariadb"], sqlite: ["sqlite"] })) {
  const server = service === "sqlite" ? { url: "sqlite://:memory:", remove() {} } : await startService(service);
  for (const kind of kinds) {
    const { client, end } = await clientOf(kind, server.url);
    if (kind === "node-redis" || kind === "ioredis") await (client.flushAll ?? client.flushall).call(client);
    else await (client.exec ?? client.query).call(client, "CREATE TABLE bare (id varchar(255) PRIMARY KEY)");
    const store = storeOn(kind, client);
    await store.createTable?.();
    note(kind, await measure(kind, client, store), TO_REACH[kind]);
    if (kind in BY_HAND) note(`${kind}, an inbox`, await measureInbox(kind, client), { "a whole delivery to an inbox": TO_REACH_BY_INBOX });
    await end();
  }
  await server.remove();
}
