// Malicious bodies, in threads with little memory.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";

for (const resourceLimits of [{}, { stackSizeMb: 0.35, maxOldGenerationSizeMb: 512 }]) {
  // The timeout ends a test that hangs: anything quadratic takes minutes.
  test(`hostile bodies in a thread with ${JSON.stringify(resourceLimits)}`, { timeout: 120_000 }, async () => {
    const worker = new Worker(new URL("../test-support/hostile.mjs", import.meta.url), { resourceLimits });
    const tried = await new Promise((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
      worker.once("exit", () => reject(new Error("the thread ended without an answer")));
    });
    assert.ok(tried > 20);
  });
}
