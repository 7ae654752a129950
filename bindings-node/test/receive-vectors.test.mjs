// The deliveries that every language runs, through the real receiver, with a scripted store and a scripted handler.
import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { env } from "node:process";
import { fileURLToPath } from "node:url";
import * as webhooks from "@payvost/webhooks";
import { WebhookStore } from "@payvost/webhooks/stores";
import { differenceOf, observeDelivery } from "../test-support/portable.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const VECTORS = join(ROOT, "tests/vectors/receive");
const FAMILIES = readdirSync(VECTORS).filter((name) => name.endsWith(".json")).map((name) => JSON.parse(readFileSync(join(VECTORS, name), "utf8")));

const folder = join(env.OBSERVED ?? join(ROOT, "target/observed"), "receive");
mkdirSync(folder, { recursive: true });
const observations = join(folder, "node.jsonl");
writeFileSync(observations, "");

let count = 0;
after(() => assert.ok(count >= 298, `${count} deliveries`));

for (const { file, cases } of FAMILIES) {
  describe(`deliveries: ${file}`, () => {
    for (const each of cases) {
      test(`${each.id}: ${each.comment}`, async () => {
        count++;
        const observed = await observeDelivery(each, { ...webhooks, WebhookStore });
        appendFileSync(observations, `${JSON.stringify({ id: each.id, ...observed })}\n`);
        for (const name of ["steps", "outcome", "status", "headers", "body", "record"]) assert.equal(differenceOf(observed[name], each[name] ?? null, name), undefined);
      });
    }
  });
}
