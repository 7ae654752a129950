// The deliveries that every language runs, through the real receiver, with a scripted store and a scripted handler.
import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { env } from "node:process";
import { fileURLToPath } from "node:url";
import { WebhookReceiver, WebhookRouter, WebhookVerifier } from "@payvost/webhooks";
import { WebhookStore } from "@payvost/webhooks/stores";
import internal from "../lib/internal.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const VECTORS = join(ROOT, "tests/vectors/receive");
const FAMILIES = readdirSync(VECTORS).filter((name) => name.endsWith(".json")).map((name) => JSON.parse(readFileSync(join(VECTORS, name), "utf8")));

const folder = join(env.OBSERVED ?? join(ROOT, "target/observed"), "receive");
mkdirSync(folder, { recursive: true });
const observations = join(folder, "node.jsonl");
writeFileSync(observations, "");

/** The error of a scripted store. */
class ScriptedFault extends Error {
  constructor(code) {
    super("a message that no log may hold");
    this.code = code;
  }
}

/** The store of a case, which records its calls. */
function storeOf({ claiming, arrived, store }, steps) {
  if (claiming === "never") return undefined;
  const plays = (reply) => {
    if (reply?.fault !== undefined) throw new ScriptedFault(reply.fault);
    return reply;
  };
  return new WebhookStore({
    inbox: claiming === "inbox",
    async claim({ key, retry }) {
      steps.push({ step: "claim", key, retry });
      const reply = plays(store.claim);
      return typeof reply === "string" ? [reply, 0] : Object.entries(reply)[0];
    },
    async complete() {
      steps.push({ step: "complete" });
      const { completion, held } = plays(store.complete);
      return completion ?? held;
    },
    async release({ error }) {
      steps.push({ step: "release", error });
      return plays(store.release).held;
    },
    async delivery() {
      steps.push({ step: "load" });
      const kept = plays(arrived.kept);
      return kept && { payload: Buffer.from(kept.payload), signature: kept.signature };
    },
    extend: () => assert.fail(),
    deadLetters: () => assert.fail(),
  });
}

function routerOf({ registered = true, handler }, steps) {
  const router = new WebhookRouter();
  if (!registered) return router;
  return router.on("*", async (_event, claim) => {
    steps.push({ step: "handle", attempt: claim?.attempt ?? 0 });
    if (handler.hands_over) await claim.handOver();
    if (handler.raises) throw new { [handler.raises]: class extends Error {} }[handler.raises]("the message is not logged");
  });
}

/** Sends what arrived, as an adapter does. */
function deliver(receiver, { kind, key, payload, signature, end, content_length: contentLength, transfer_encoding: transferEncoding }) {
  if (kind === "retry") return receiver.retry(key);
  const read = (limit) => [end === "consumed" ? undefined : Buffer.from(payload).subarray(0, limit), end];
  return receiver[internal.RECEIVE]({ contentLength, transferEncoding, signature, read });
}

async function observe(each) {
  const [steps, results, records] = [[], [], []];
  const { tolerance, expect_live_mode: expectLiveMode, max_payload_bytes: maxPayloadBytes } = each.options ?? {};
  const verifier = new WebhookVerifier("whsec_vectors", { toleranceSeconds: tolerance, expectLiveMode, maxPayloadBytes });
  const receiver = new WebhookReceiver(verifier, routerOf(each, steps), {
    store: storeOf(each, steps),
    logger: (record) => records.push(record),
    onResult: (result) => results.push(result),
  });
  const answer = await deliver(receiver, each.arrived);
  const answered = answer === null ? 0 : 1;
  assert.deepEqual([results.length, records.length], [answered, answered], "one result and one record for each delivery");
  assert.equal(results[0]?.status, answer?.status);
  const [record] = records;
  return {
    steps,
    outcome: results[0]?.code ?? null,
    status: answer?.status ?? null,
    headers: answer?.headers ?? null,
    body: answer?.body ?? null,
    record: record
      ? { level: record.level === "warn" ? "warning" : record.level, line: record.line, fields: record.fields, exception: "exception" in record }
      : null,
  };
}

/** A string with `*` in it is compared up to there. */
function assertMatches(observed, expected, where) {
  if (typeof expected === "string" && expected.includes("*")) {
    const end = expected.indexOf("*");
    assert.equal(observed.slice(0, end), expected.slice(0, end), where);
    assert.ok(observed.length > end, where);
  } else if (typeof expected === "object" && expected !== null) {
    assert.deepEqual(Object.keys(observed), Object.keys(expected), where);
    for (const [name, value] of Object.entries(expected)) assertMatches(observed[name], value, `${where} ${name}`);
  } else {
    assert.equal(observed, expected, where);
  }
}

let count = 0;
after(() => assert.ok(count >= 298, `${count} deliveries`));

for (const { file, cases } of FAMILIES) {
  describe(`deliveries: ${file}`, () => {
    for (const each of cases) {
      test(`${each.id}: ${each.comment}`, async () => {
        count++;
        const observed = await observe(each);
        appendFileSync(observations, `${JSON.stringify({ id: each.id, ...observed })}\n`);
        for (const name of ["steps", "outcome", "status", "headers", "body", "record"]) assertMatches(observed[name], each[name] ?? null, name);
      });
    }
  });
}
