// Compiled by typescript-frameworks.test.mjs, never run: with the types of the clients themselves.
import Database from "better-sqlite3";
import { Redis } from "ioredis";
import { createPool as createCallbackPool } from "mysql2";
import { createPool, type PoolConnection } from "mysql2/promise";
import { Client, Pool, type PoolClient } from "pg";
import { createClient } from "redis";
import {
  WebhookReceiver,
  WebhookRouter,
  WebhookVerifier,
  type ClaimOf,
  type ClaimTicket,
  type WalletFrozenEvent,
  type WebhookAnswer,
  type WebhookClaim,
  type WebhookOutcome,
} from "@payvost/webhooks";
import { expressHandler } from "@payvost/webhooks/express";
import {
  MemoryStore,
  RedisStore,
  SqlInbox,
  SqlStore,
  WebhookStore,
  type ClaimSteps,
  type DeadLetter,
  type HandedOverClaim,
  type TakenTicket,
} from "@payvost/webhooks/stores";

// The clients are accepted.
const stores: WebhookStore[] = [
  new MemoryStore(),
  new MemoryStore({ capacity: 10, leaseSeconds: 5 }),
  new RedisStore(createClient()),
  new RedisStore(new Redis(), { prefix: "shop", keepDeliveries: false, timeoutSeconds: 0.5 }),
  new SqlStore(new Pool()),
  new SqlStore(createPool({}), { table: "shop.claims", rememberSeconds: null }),
  new SqlStore(createCallbackPool({})),
  new SqlInbox(new Database(":memory:"), { table: undefined }),
  new SqlInbox(new Database(":memory:"), { noteAttempts: false }),
  // @ts-expect-error only an inbox notes attempts
  new SqlStore(new Pool(), { noteAttempts: false }),
];
// @ts-expect-error a client that deliveries cannot share
new SqlStore(new Client());
// @ts-expect-error not a client
new RedisStore("redis://localhost");
// @ts-expect-error an option of another store
new RedisStore(createClient(), { table: "claims" });
// @ts-expect-error a misspelt option
new MemoryStore({ lease: 5 });

// A handler receives the claim.
const router = new WebhookRouter()
  .on("payment.succeeded", async (event, claim) => {
    const attempt: number | undefined = claim?.attempt;
    // @ts-expect-error without a store there is no claim
    claim.extend();
    const held: boolean = await claim!.extend(30);
    const ticket: ClaimTicket = await claim!.handOver({ leaseSeconds: 600 });
    return [attempt, held, JSON.stringify({ event, ticket })];
  })
  .on("wallet.*", async (event, claim) => {
    const { connection } = claim as WebhookClaim<PoolClient>;
    await connection.query("INSERT INTO wallets VALUES ($1)", [event.data]);
  })
  .on("*", async (_event, claim: WebhookClaim<PoolConnection> | undefined) => claim?.connection.execute("DELETE FROM carts"));

const receiver = new WebhookReceiver(process.env["WEBHOOK_SECRET"], router, { store: stores[0] });
// @ts-expect-error not a store
new WebhookReceiver("whsec_example", router, { store: createClient() });
const again: Promise<WebhookAnswer | null> = receiver.retry("webhook:evt_1");
const outcome: WebhookOutcome = "claim_lost";

// Afterwards.
const letters: Promise<DeadLetter[]> = new SqlStore(new Pool()).deadLetters(10);
const forgotten: Promise<number> = new SqlStore(new Pool()).forget({ batch: 100 });
const discarded: Promise<boolean> = new SqlStore(new Pool()).discard("webhook:evt_1");
const taken: TakenTicket = await new MemoryStore().take({ key: "webhook:evt_1", token: "0" }, { leaseSeconds: 600 });
const claim: HandedOverClaim | null = taken.state === "claimed" ? taken.claim : null;
const released: Promise<boolean> | undefined = claim?.release(new TypeError());
const wait: number = taken.state === "in_progress" ? taken.waitSeconds : 0;
// @ts-expect-error only a claimed ticket has a claim
taken.claim;

// A custom store.
const steps: ClaimSteps = {
  claim: async ({ key, lease }) => (key === "" ? ["claimed", lease] : ["done", 0]),
  extend: async () => true,
  complete: async ({ token }) => token !== "",
  release: async ({ error }) => error !== "",
  deadLetters: async () => [],
  delivery: async () => null,
};
const own: WebhookStore = new WebhookStore(steps, { leaseSeconds: 5 });
// @ts-expect-error steps are missing
new WebhookStore({ claim: steps.claim });

export { again, forgotten, letters, outcome, own, released };

// With a store there is a claim, and in an inbox it has the connection of its client.
const inbox = new SqlInbox(new Pool());
new WebhookReceiver("whsec_example", async (event, claim) => claim.connection.query("INSERT INTO payments VALUES ($1)", [event.id]), { store: inbox });
// @ts-expect-error pg has no method of this name
new WebhookReceiver("whsec_example", async (_event, claim) => claim.connection.execute("DELETE"), { store: inbox });
new WebhookReceiver("whsec_example", async (_event, claim) => claim.connection.execute("DELETE"), { store: new SqlInbox(createPool({})) });
new WebhookReceiver("whsec_example", async (_event, claim) => claim.connection.execute("DELETE"), { store: new SqlInbox(createCallbackPool({})) });
new WebhookReceiver("whsec_example", (_event, claim) => claim.connection.prepare("DELETE").run(), { store: new SqlInbox(new Database(":memory:")) });
new WebhookReceiver("whsec_example", (_event, claim) => claim.extend(30), { store: new RedisStore(createClient()) });
// @ts-expect-error a lease has no connection
new WebhookReceiver("whsec_example", (_event, claim) => claim.connection.query("DELETE"), { store: new RedisStore(createClient()) });
// @ts-expect-error without a store there is no claim
new WebhookReceiver("whsec_example", (_event, claim) => claim.extend(30));
// @ts-expect-error perhaps there is none
new WebhookReceiver("whsec_example", (_event, claim) => claim.extend(30), { store: process.env["STORE"] ? inbox : undefined });

const claiming = new WebhookRouter<ClaimOf<typeof inbox>>()
  .on("payment.succeeded", async ({ data }, claim) => claim.connection.query("INSERT INTO payments VALUES ($1)", [data.amount]))
  // @ts-expect-error a handler for another event
  .on("payment.succeeded", (_event: WalletFrozenEvent) => undefined)
  // @ts-expect-error a handler for another client's connection
  .on("payment.failed", (_event, _claim: WebhookClaim<PoolConnection>) => undefined);
new WebhookReceiver("whsec_example", claiming, { store: inbox });
// @ts-expect-error its handlers need a claim
new WebhookReceiver("whsec_example", claiming);
// @ts-expect-error its handlers need a connection of pg
new WebhookReceiver("whsec_example", claiming, { store: new SqlInbox(createPool({})) });
const adapted: WebhookReceiver = new WebhookReceiver("whsec_example", claiming, { store: inbox });
expressHandler(new WebhookReceiver("whsec_example", claiming, { store: inbox }));

// A time limit.
new WebhookReceiver("whsec_example", async (_event, _claim, signal) => fetch("https://example.com", { signal: signal ?? null }), { handlerTimeoutSeconds: 3 });
// @ts-expect-error in seconds
new WebhookReceiver("whsec_example", () => {}, { handlerTimeoutSeconds: "3s" });

// The clocks of tests.
new MemoryStore({ clock: () => Date.now() + 60_000 });
new WebhookVerifier("whsec_example", { toleranceSeconds: 5765, clock: Date.now });
// @ts-expect-error it returns milliseconds
new MemoryStore({ clock: () => new Date() });

export { adapted };
