// The local Payvost for tests. ROUNDS=200 repeats the outage, each time with a sandbox of its own.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ApiError, ConfigurationError, WebhookReceiver } from "@payvost/webhooks";
import { httpListener } from "@payvost/webhooks/http";
import { MemoryStore } from "@payvost/webhooks/stores";
import { startSandbox } from "@payvost/webhooks/testing";
import { folderOf } from "../test-support/pages.mjs";
import { freePort } from "../test-support/ports.mjs";
import { BINARY } from "../test-support/sandboxes.mjs";

process.env.PAYVOST_WEBHOOKS_BIN ??= BINARY;

const ROUNDS = Number(process.env.ROUNDS ?? 1);
const SCHEDULE = [0, 5, 65, 365, 2165, 5765];

/** A server that handles events, at a port of its own or a given one. */
async function receiving(secret, handler, port = 0) {
  const server = createServer(httpListener(new WebhookReceiver(secret, handler, { store: new MemoryStore() })));
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { port: server.address().port, url: `http://127.0.0.1:${server.address().port}/webhooks/payvost`, stop };
}

describe("a receiver that is down for 40 minutes", () => {
  for (let round = 1; round <= ROUNDS; round++) {
    test(`gets every event, round ${round}`, async () => {
      const started = performance.now();
      const sandbox = await startSandbox();
      try {
        const port = await freePort();
        const endpoint = await sandbox.addEndpoint(`http://127.0.0.1:${port}/webhooks/payvost`);
        const published = [];
        for (let count = 0; count < 10; count++) published.push((await sandbox.publish("payment.succeeded")).id);
        await sandbox.advance({ minutes: 40 });
        assert.deepEqual(await sandbox.totals(), { accepted: 10, delivered: 0, pending: 10, failed: 0 });

        const handled = [];
        const receiver = await receiving(endpoint.secret, ({ id }) => void handled.push(id), port);
        await sandbox.advance({ hours: 1 });
        receiver.stop();
        assert.deepEqual(handled.sort(), published.sort());
        assert.deepEqual(await sandbox.totals(), { accepted: 10, delivered: 10, pending: 0, failed: 0 });

        const logs = await sandbox.logs(endpoint.id);
        for (const id of published) {
          const attempts = logs.filter(({ event }) => event.id === id);
          const [first] = attempts.map(({ attemptedAt }) => Date.parse(attemptedAt));
          assert.deepEqual(attempts.map(({ attemptedAt }) => (Date.parse(attemptedAt) - first) / 1000), SCHEDULE);
          assert.deepEqual(attempts.map(({ error, responseCode }) => error ?? responseCode), [...Array(5).fill("connection_refused"), 200]);
        }
      } finally {
        await sandbox.stop();
      }
      const seconds = (performance.now() - started) / 1000;
      assert.ok(seconds < 2, `it took ${seconds} s`);
    });
  }
});

describe("a sandbox", () => {
  let sandbox;
  before(async () => (sandbox = await startSandbox()));
  after(() => sandbox.stop());

  test("delivers what an endpoint subscribes to, signed with the secret", async (context) => {
    const handled = [];
    const { url, stop } = await receiving(sandbox.secret, (event) => void handled.push(event));
    context.after(stop);
    const { id, secret } = await sandbox.addEndpoint(new URL(url), ["wallet.*"]);
    assert.equal(secret, sandbox.secret);
    await sandbox.publish("payment.succeeded");
    const published = await sandbox.publish("wallet.frozen", { id: "evt_mine", data: { reason: "asked" } });
    await sandbox.settle();
    assert.deepEqual(published, { id: "evt_mine", type: "wallet.frozen" });
    assert.deepEqual(handled.map((event) => [event.id, event.type, event.data.reason]), [["evt_mine", "wallet.frozen", "asked"]]);
    const [attempt, ...others] = await sandbox.logs();
    assert.deepEqual([attempt.webhookId, attempt.event.id, attempt.status, attempt.responseCode, others], [id, "evt_mine", "succeeded", 200, []]);
    assert.deepEqual(await sandbox.logs(id, { status: "failed" }), []);

    await sandbox.updateEndpoint(id, { enabled: false });
    await sandbox.publish("wallet.frozen");
    await sandbox.settle();
    assert.equal(handled.length, 1);
  });

  test("has a clock that stands still until it is advanced", async () => {
    const before = await sandbox.now();
    await sleep(5);
    assert.deepEqual(await sandbox.now(), before);
    assert.equal((await sandbox.advance({ hours: 1, minutes: 1, seconds: 1 })) - before, 3_661_000);
    await sandbox.reset();
    assert.deepEqual([await sandbox.totals(), await sandbox.logs()], [{ accepted: 0, delivered: 0, pending: 0, failed: 0 }, []]);
  });

  test("rejects with what it says", async () => {
    const error = await sandbox.publish("").then(assert.fail, (reason) => reason);
    assert.ok(error instanceof ApiError);
    assert.deepEqual([error.code, error.status, error.field], ["validation_error", 400, "eventType"]);
    assert.ok(!error.stack.includes(sandbox.apiKey));
  });
});

test("scenarios: duplicates are handled once", async () => {
  const sandbox = await startSandbox({ scenarios: ["duplicates"], args: ["--seed", "7"] });
  let calls = 0;
  const { url, stop } = await receiving(sandbox.secret, () => void calls++);
  await sandbox.addEndpoint(url);
  await sandbox.publish("payment.succeeded");
  await sandbox.advance({ hours: 2 });
  stop();
  await sandbox.stop();
  await sandbox.stop(); // does nothing
  assert.equal(calls, 1);
  await assert.rejects(sandbox.totals());
});

for (const [name, options, message] of [
  ["is missing", { binary: "/nowhere/payvost-webhooks" }, /the program \/nowhere\/payvost-webhooks was not found/],
  ["cannot be run", { binary: fileURLToPath(import.meta.url) }, /could not be started \(EACCES\)/],
  ["does not start", { args: ["--speed", "fast"] }, /ended at its start: .*--speed/s],
  ["does not know the scenario", { scenarios: ["earthquake"] }, /ended at its start: .*earthquake/s],
  ["is too slow", { timeoutSeconds: 0.001 }, /did not start within 0\.001 s/],
]) {
  test(`a program that ${name}`, async () => {
    await assert.rejects(startSandbox(options), (error) => error instanceof ConfigurationError && message.test(error.message) && error.hint.length > 20);
  });
}

test("a misspelled option", async () => {
  await assert.rejects(startSandbox({ scenario: "outage" }), /unknown option `scenario`/);
});

describe("when the process of the test", () => {
  const program = (end) => `
    const { startSandbox } = require("@payvost/webhooks/testing");
    startSandbox().then(async ({ baseUrl }) => {
      console.log(baseUrl);
      ${end}
    });`;
  for (const [name, end] of Object.entries({ "forgets to stop it": "", "crashes": "throw new Error();", "is killed": 'process.kill(process.pid, "SIGKILL");' })) {
    test(`${name}, the sandbox ends`, async () => {
      const child = spawn(process.execPath, ["-e", program(end)], { cwd: fileURLToPath(new URL("..", import.meta.url)), stdio: ["ignore", "pipe", "ignore"] });
      const [line] = await once(child.stdout.setEncoding("utf8"), "data");
      await once(child, "close");
      const isUp = () => fetch(line.trim()).then(() => true, () => false);
      for (let attempt = 0; attempt < 200 && (await isUp()); attempt++) await sleep(20);
      assert.equal(await isUp(), false);
    });
  }
});

test("the test of the guide passes", async (context) => {
  const path = folderOf(context, "guides/node/testing.md", "retries.test.mjs");
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, ["--test", path], { env });
  assert.match(stdout, /^# pass 1$/m);
  assert.match(stdout, /^# fail 0$/m);
});
