// The client of the management API, over real connections.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { getEventListeners, once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { Readable } from "node:stream";
import { after, before, beforeEach, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { inspect, promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { ApiError, ConfigurationError, Payvost, Rotation, WebhookError } from "@payvost/webhooks";
import { startSandbox } from "@payvost/webhooks/testing";
import { startApi } from "../test-support/api-server.mjs";
import { folderOf } from "../test-support/pages.mjs";
import { BINARY } from "../test-support/sandboxes.mjs";

const API_KEY = "sk_test_canary_7f3a";
const QUICK = { maxRetries: 0, timeoutSeconds: 0.4 };

let api;
let respond;
before(async () => {
  api = await startApi((...values) => respond?.(...values));
});
after(() => api.stop());
beforeEach(() => {
  respond = undefined;
  api.requests.length = 0;
  api.webhooks.clear();
});

const clientOf = (options) => new Payvost({ apiKey: API_KEY, baseUrl: api.url, ...options });

/** The error that a call rejects with. */
async function rejected(call) {
  const error = await Promise.resolve(call).then(() => assert.fail("the call succeeded"), (reason) => reason);
  assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes("canary") && !String(error.stack).includes("canary"));
  return error;
}

describe("the snippets of Payvost's guide, with a sandbox", () => {
  const printed = [];
  const console = { log: (...values) => void printed.push(values.join(" ")) };
  let sandbox, receiver;
  before(async () => {
    sandbox = await startSandbox({ binary: BINARY });
    receiver = createHttpServer((request, response) => response.writeHead(500).end("out of order")).listen(0, "127.0.0.1");
    await once(receiver, "listening");
  });
  after(async () => {
    receiver.close();
    receiver.closeAllConnections();
    await sandbox.stop();
  });
  beforeEach(async () => {
    printed.length = 0;
    await sandbox.reset();
  });

  /** A webhook of a receiver that always fails, and a client for which it has the id of the snippets. */
  async function withWebhook() {
    const { id } = await sandbox.addEndpoint(`http://127.0.0.1:${receiver.address().port}/`, ["payment.*", "user.*"]);
    const { baseUrl, apiKey } = sandbox;
    return { id, payvost: new Payvost({ apiKey, baseUrl, fetch: (url, init) => fetch(url.replace("webhook_abc123", id), init) }) };
  }

  test("register a webhook", async () => {
    const { payvost } = sandbox;
    const webhook = await payvost.webhooks.create({
      url: 'https://yourapp.com/webhooks/payvost',
      events: [
        'payment.*',
        'transfer.*',
        'wallet.balance_updated',
        'user.kyc_verified'
      ],
      description: 'Production webhook endpoint',
      metadata: {
        environment: 'production'
      }
    });

    console.log('Webhook ID:', webhook.id);
    console.log('Webhook Secret:', webhook.secret); // Store this securely!

    assert.match(printed[0], /^Webhook ID: webhook_\w+$/);
    assert.equal(printed[1], `Webhook Secret: ${sandbox.secret}`);
    const { url, events, description, metadata, enabled, secret } = await payvost.webhooks.get(webhook.id);
    assert.deepEqual([url, events.length, description, metadata], ["https://yourapp.com/webhooks/payvost", 4, "Production webhook endpoint", { environment: "production" }]);
    assert.deepEqual([enabled, secret], [true, undefined]);
  });

  test("send a test event, and read the logs", async () => {
    const { payvost } = await withWebhook();
    const sent = await payvost.webhooks.test('webhook_abc123', {
      eventType: 'payment.succeeded'
    });
    assert.equal(sent.event.type, "payment.succeeded");
    await sandbox.settle();

    const logs = await payvost.webhooks.getLogs('webhook_abc123', {
      limit: 50,
      status: 'failed' // or 'succeeded', 'pending'
    });

    logs.data.forEach(log => {
      console.log(`${log.event.type}: ${log.status} - ${log.responseCode}`);
      console.log('Response:', log.responseBody);
    });

    assert.deepEqual(printed, ["payment.succeeded: failed - 500", "Response: out of order"]);
  });

  test("list, update and delete webhooks, and rotate a secret", async () => {
    const { id, payvost } = await withWebhook();
    const webhooks = await payvost.webhooks.list();

    webhooks.data.forEach(webhook => {
      console.log(`${webhook.url}: ${webhook.events.join(', ')}`);
    });

    assert.deepEqual(printed.splice(0), [`http://127.0.0.1:${receiver.address().port}/: payment.*, user.*`]);

    await payvost.webhooks.update('webhook_abc123', {
      events: ['payment.*', 'transfer.*', 'user.kyc_verified'],
      enabled: true
    });
    assert.deepEqual((await payvost.webhooks.get(id)).events, ["payment.*", "transfer.*", "user.kyc_verified"]);

    const newSecret = await payvost.webhooks.rotateSecret('webhook_abc123');

    console.log('New secret:', newSecret.secret);
    // Update your environment variable with the new secret
    assert.match(printed[0], /^New secret: whsec_\w+$/);
    assert.notEqual(newSecret.secret, sandbox.secret);

    await payvost.webhooks.delete('webhook_abc123');
    assert.deepEqual((await payvost.webhooks.list()).data, []);
    assert.equal((await rejected(payvost.webhooks.get("webhook_abc123"))).code, "not_found");
  });

  test("trigger an event, and control the clock", async () => {
    const { payvost } = await withWebhook();
    await payvost.testing.triggerWebhook("webhook_abc123", { eventType: "payment.created", data: { amount: "1.00" } });
    const { now: later } = await payvost.testing.advanceTime({ hours: 2 });
    assert.equal((await payvost.webhooks.getLogs("webhook_abc123")).data.length, 6);
    const { now } = await payvost.testing.resetTime();
    assert.ok(Date.parse(later) - Date.parse(now) > 7_000_000);
    await payvost.testing.resetAllData();
    assert.deepEqual((await payvost.webhooks.list()).data, []);
  });

  test("the program of the guide prints what it made", async (context) => {
    const program = folderOf(context, "guides/node/manage.md", "webhooks.mjs");
    const env = { PAYVOST_BASE_URL: sandbox.baseUrl, PAYVOST_API_KEY: sandbox.apiKey };
    const { stdout } = await promisify(execFile)(process.execPath, [program], { env, timeout: 20_000 });
    assert.match(stdout, /^created webhook_\w+ with a secret of 54 characters\nhttps:\/\/yourapp\.com\/webhooks\/payvost: payment\.\*, transfer\.\*, user\.kyc_verified\n$/);
  });
});

test("send a test event, and control a sandbox", async () => {
  const payvost = clientOf();
  api.webhooks.set("webhook_abc123", {});
  assert.equal((await payvost.webhooks.test("webhook_abc123", { eventType: "payment.succeeded" })).event.type, "payment.succeeded");
  await payvost.testing.triggerWebhook("webhook_abc123", { eventType: "payment.created", data: { amount: "1.00" } });
  assert.deepEqual(await payvost.testing.advanceTime({ hours: 1 }), { now: "2025-11-01T12:00:00Z" });
  await payvost.testing.resetTime();
  await payvost.testing.resetAllData();
  const paths = api.requests.map(({ path }) => path.replace("/v1/", ""));
  assert.deepEqual(paths.slice(2), ["testing/time/advance", "testing/time/reset", "testing/reset"]);
});

describe("a call", () => {
  test("sends nothing before it is awaited, and then once", async () => {
    const call = clientOf().webhooks.list();
    await sleep(20);
    assert.equal(api.requests.length, 0);
    const [page] = await Promise.all([call, call, call.catch(assert.fail), call.finally(() => {})]);
    assert.equal(await call, page);
    assert.equal(api.requests.length, 1);
    assert.equal(Object.prototype.toString.call(call), "[object ApiCall]");
  });

  test("iterates over all pages, and requests each one when it is needed", async () => {
    for (let index = 0; index < 5; index++) api.webhooks.set(String(index), { id: String(index) });
    const payvost = clientOf();
    const ids = [];
    for await (const { id } of payvost.webhooks.list({ limit: 2 })) ids.push(id);
    assert.deepEqual(ids, ["0", "1", "2", "3", "4"]);
    assert.equal(api.requests.length, 3);
    for await (const { id } of payvost.webhooks.list({ limit: 2 })) if (id === "1") break;
    assert.equal(api.requests.length, 4);

    const page = await payvost.webhooks.list({ limit: 3, offset: 1 });
    assert.deepEqual([page.data.length, page.total, page.hasNextPage, page.requestId], [3, 5, true, "req_5"]);
    assert.deepEqual(page.rateLimit, { limit: 100, remaining: 95, reset: null });
    assert.equal(JSON.stringify(page), '{"data":[{"id":"1"},{"id":"2"},{"id":"3"}],"total":5}');
    const next = await page.nextPage();
    assert.deepEqual([next.data, next.hasNextPage, await next.nextPage()], [[{ id: "4" }], false, null]);
    const rest = [];
    for await (const { id } of page) rest.push(id);
    assert.deepEqual(rest, ["1", "2", "3", "4"]);
  });

  test("returns a plain object, and the response on request", async () => {
    api.webhooks.set("w", { id: "w", new: { field: true } });
    const call = clientOf().webhooks.get("w");
    const { data, response } = await call.withResponse();
    assert.deepEqual(data, { id: "w", new: { field: true } });
    assert.equal(await call, data);
    assert.deepEqual(response, { status: 200, requestId: "req_1", rateLimit: { limit: 100, remaining: 99, reset: null }, attempts: 1 });
  });

  test("shows its request in a dry run, and sends nothing", async () => {
    const payvost = clientOf();
    const shown = await payvost.webhooks.update("w", { enabled: false, description: null }, { dryRun: true });
    assert.deepEqual([shown.method, shown.url, shown.body], ["PATCH", `${api.url}/v1/webhooks/w`, { enabled: false, description: null }]);
    assert.equal(shown.headers.Authorization, "Bearer sk_test_[redacted]");
    const { headers } = await payvost.webhooks.test("w", { eventType: "a.b" }, { dryRun: true, idempotencyKey: "key-1" });
    assert.equal(headers["Idempotency-Key"], "key-1");
    const iterated = async () => {
      for await (const _ of payvost.webhooks.list({}, { dryRun: true })) assert.fail();
    };
    assert.equal((await rejected(iterated())).code, "invalid_option");
    assert.equal(api.requests.length, 0);
  });

  test("reads its parameters at once", async () => {
    const parameters = { url: "https://a.example", events: ["payment.*"] };
    const call = clientOf().webhooks.create(parameters);
    parameters.events.push("*");
    await call;
    assert.deepEqual(api.requests[0].body.events, ["payment.*"]);
  });

  test("leaves its connection open for the next ones", async () => {
    const payvost = clientOf();
    for (let round = 0; round < 10; round++) await payvost.webhooks.list();
    // undici may open a second one while it is still finishing with the first.
    assert.ok(new Set(api.requests.map(({ port }) => port)).size <= 2);
  });

  test("is retried with the same idempotency key", async () => {
    respond = (_, response) => {
      if (api.requests.length > 1) return undefined;
      response.writeHead(429, { "Retry-After": "0" });
      return response.end('{"success":false,"error":{"code":"rate_limit_exceeded","message":"slow down"}}');
    };
    const { response } = await clientOf().webhooks.create({ url: "https://a.example", events: ["*"] }).withResponse();
    assert.equal(response.attempts, 2);
    const keys = api.requests.map(({ headers }) => headers["idempotency-key"]);
    assert.match(keys[0], /^[0-9a-f]{32}$/);
    assert.equal(keys[0], keys[1]);
  });

  test("rejects with what Payvost says", async () => {
    const error = await rejected(clientOf().webhooks.get("webhook_gone"));
    assert.ok(error instanceof ApiError && error instanceof WebhookError);
    const { name, code, message, status, field, requestId, retryAfter, attempts, cause } = error;
    assert.deepEqual(
      { name, code, message, status, field, requestId, retryAfter, attempts, cause },
      { name: "ApiError", code: "not_found", message: "no such webhook", status: 404, field: null, requestId: "req_1", retryAfter: null, attempts: 1, cause: undefined },
    );
    assert.ok(error.hint.length > 20);
  });
});

describe("what is refused", () => {
  const cyclic = {};
  cyclic.self = cyclic;
  const throwing = Object.defineProperty({}, "url", { enumerable: true, get: () => assert.fail() });
  const valid = { url: "https://a.example", events: ["*"] };
  const refusals = {
    "no parameters": ({ webhooks }) => webhooks.create(),
    "text for parameters": ({ webhooks }) => webhooks.create("https://a.example"),
    "a list of parameters": ({ webhooks }) => webhooks.create([valid]),
    "a missing id": ({ webhooks }) => webhooks.get(undefined),
    "a number for an id": ({ webhooks }) => webhooks.delete(5),
    "a getter that throws": ({ webhooks }) => webhooks.create(throwing),
    "a number that JSON cannot hold": ({ webhooks }) => webhooks.list({ limit: NaN }),
    "a bigint": ({ webhooks }) => webhooks.list({ limit: 5n }),
    "a function": ({ webhooks }) => webhooks.create({ ...valid, description: () => "x" }),
    "a Map": ({ webhooks }) => webhooks.create({ ...valid, metadata: new Map([["a", "b"]]) }),
    "a cycle": ({ testing }) => testing.triggerWebhook("w", { eventType: "a.b", data: cyclic }),
    "a lone surrogate": ({ webhooks }) => webhooks.create({ ...valid, description: "\ud800" }),
    "a misspelled parameter": ({ webhooks }) => webhooks.create({ ...valid, meta: {} }),
    "a misspelled option": ({ webhooks }) => webhooks.list({}, { timeout: 5 }),
    "an option out of range": ({ webhooks }) => webhooks.list({}, { maxRetries: 11 }),
    "options that are text": ({ webhooks }) => webhooks.list({}, "no"),
    "an invalid signal": ({ webhooks }) => webhooks.list({}, { signal: {} }),
  };
  for (const [name, call] of Object.entries(refusals)) {
    test(`${name} is a rejection, and sends nothing`, async () => {
      const error = await rejected(call(clientOf()));
      assert.ok(error instanceof ConfigurationError, error);
      assert.equal(error.code, "invalid_option");
      assert.equal(api.requests.length, 0);
    });
  }

  const clients = {
    "no options": undefined,
    "a key in place of the options": API_KEY,
    "no key": {},
    "a key from an unset variable": { apiKey: undefined },
    "a publishable key": { apiKey: "pk_live_canary" },
    "a webhook's secret": { apiKey: "whsec_canary" },
    "a key with a newline": { apiKey: `${API_KEY}\n` },
    "a number for a key": { apiKey: 5 },
    "another environment": { apiKey: API_KEY, environment: "production" },
    "a misspelled option": { apiKey: API_KEY, timeout: 5 },
    "an option out of range": { apiKey: API_KEY, timeoutSeconds: 0 },
    "a URL with credentials": { apiKey: API_KEY, baseUrl: "https://user:canary@a.example" },
    "a live key over HTTP": { apiKey: "sk_live_canary", baseUrl: "http://a.example" },
    "an invalid fetch": { apiKey: API_KEY, fetch: "fetch" },
    "an invalid hook": { apiKey: API_KEY, onResponse: {} },
  };
  for (const [name, options] of Object.entries(clients)) {
    test(`${name}, by the constructor`, () => {
      assert.throws(() => new Payvost(options), (error) => {
        assert.ok(error instanceof ConfigurationError && error.code === "invalid_option" && !inspect(error).includes("canary"));
        return true;
      });
    });
  }

  test("the sandbox's calls with a live key", async () => {
    const payvost = new Payvost({ apiKey: "sk_live_canary", fetch: () => assert.fail() });
    assert.match((await rejected(payvost.testing.resetAllData())).message, /sandbox only/);
  });
});

describe("a hostile server", () => {
  const head = (status, ...headers) => `HTTP/1.1 ${status} X\r\n${headers.map((header) => `${header}\r\n`).join("")}\r\n`;
  const whole = (status, body, ...headers) => [head(status, `Content-Length: ${Buffer.byteLength(body)}`, "Connection: close", ...headers), body];
  const bomb = gzipSync(Buffer.alloc(100 << 20, " "));
  let stolen = 0;
  let elsewhere;
  before(async () => {
    elsewhere = createServer((socket) => {
      stolen++;
      socket.destroy();
    }).listen(0, "127.0.0.1");
    await once(elsewhere, "listening");
  });
  after(() => {
    elsewhere.close();
    assert.equal(stolen, 0);
  });

  const endless = (part) => (socket) => {
    const write = () => {
      while (!socket.destroyed && socket.write(part));
    };
    socket.on("drain", write);
    write();
  };
  /** What the server does once a request has arrived, and what becomes of a GET. */
  const cases = {
    "closes the connection": [(socket) => socket.destroy(), "connection_failed"],
    "resets the connection": [(socket) => socket.resetAndDestroy(), "connection_failed"],
    "closes it in the middle of the head": [(socket) => socket.end("HTTP/1.1 200 OK\r\nContent-"), "connection_failed", "unreadable_answer"],
    "closes it in the middle of the body": [(socket) => socket.end(`${head(200, "Content-Length: 100")}{"success":`), "connection_failed"],
    "closes it in the middle of a chunk": [(socket) => socket.end(`${head(200, "Transfer-Encoding: chunked")}ff\r\n{"success"`), "connection_failed"],
    "sends HTML": [whole(200, "<html>It works!</html>"), "unreadable_answer"],
    "sends HTML with an error": [whole(403, "<html>Forbidden</html>"), "unreadable_answer"],
    "sends nothing with 200": [whole(200, ""), "unreadable_answer"],
    "sends less length than body": [(socket) => socket.write(`${head(200, "Content-Length: 5")}{"success":true,"data":{"id":"w"}}`), "unreadable_answer", "connection_failed"],
    "sends a length that is not a number": [(socket) => socket.write(`${head(200, "Content-Length: x")}{}`), "unreadable_answer"],
    "sends an invalid chunk": [(socket) => socket.write(`${head(200, "Transfer-Encoding: chunked")}xyz\r\n`), "unreadable_answer"],
    "sends 10 MB": [whole(200, `"${"a".repeat(10 << 20)}"`), "unreadable_answer"],
    "sends a body without an end": [(socket) => endless(`ffff\r\n${"a".repeat(0xffff)}\r\n`)(socket.write(head(200, "Transfer-Encoding: chunked")) && socket), "unreadable_answer"],
    "sends headers without an end": [(socket) => endless(`X-A: ${"a".repeat(1000)}\r\n`)(socket.write("HTTP/1.1 200 OK\r\n") && socket), "unreadable_answer"],
    "redirects to elsewhere": [() => whole(307, "", `Location: http://127.0.0.1:${elsewhere.address().port}/v1/webhooks`), "unreadable_answer"],
    "redirects to itself": [whole(302, "", "Location: /v1/webhooks/w"), "unreadable_answer"],
    "says nothing": [() => {}, "timed_out"],
    "sends a byte at a time": [
      (socket) => {
        const timer = setInterval(() => socket.write("a"), 30);
        socket.on("close", () => clearInterval(timer)).write(head(200, "Content-Length: 100000"));
      },
      "timed_out",
    ],
    "sends a bomb": [() => [head(200, "Connection: close", "Content-Encoding: gzip", `Content-Length: ${bomb.length}`), bomb], "unreadable_answer"],
    "sends what is not gzip": [whole(200, "aaaaaaaaaaaaaaaaaaaa", "Content-Encoding: gzip"), "unreadable_answer"],
    "sends invalid UTF-8": [whole(200, Buffer.from([0x7b, 0xff, 0x7d])), "unreadable_answer"],
    "does not speak HTTP": [(socket) => socket.end("220 smtp.example ESMTP\r\n"), "unreadable_answer"],
    "wants to be asked in years": [whole(429, '{"success":false,"error":{"code":"rate_limit_exceeded"}}', "Retry-After: 300000000"), "rate_limit_exceeded"],
    "echoes the key": [whole(400, JSON.stringify({ error: { code: "validation_error", message: API_KEY, field: API_KEY, requestId: API_KEY } })), "validation_error"],
  };
  const SENT = new Set(["connection_failed", "timed_out"]);

  for (const [name, [does, ...codes]] of Object.entries(cases)) {
    test(`that ${name}`, async () => {
      const sockets = new Set();
      const server = createServer((socket) => {
        sockets.add(socket);
        socket.on("error", () => {}).on("close", () => sockets.delete(socket));
        socket.once("data", () => {
          const parts = Array.isArray(does) ? does : does(socket);
          if (Array.isArray(parts)) parts.forEach((part) => socket.write(part));
        });
      }).listen(0, "127.0.0.1");
      await once(server, "listening");
      try {
        const limits = codes[0] === "timed_out" ? QUICK : { maxRetries: 0, timeoutSeconds: 3 };
        const baseUrl = `http://127.0.0.1:${server.address().port}`;
        const clients = [clientOf({ ...limits, baseUrl }), clientOf({ ...limits, baseUrl, fetch: (url, init) => fetch(url, init) })];
        const started = performance.now();
        for (const [payvost, method] of clients.flatMap((client) => [[client, "GET"], [client, "POST"]])) {
          const call = method === "GET" ? payvost.webhooks.get("w") : payvost.webhooks.test("w", { eventType: "a.b" });
          const error = await rejected(call);
          assert.ok(error instanceof ApiError, error);
          const code = error.code === "outcome_unknown" ? error.cause : error.code;
          assert.ok(codes.includes(code), `${method}: ${code}`);
          assert.equal(error.code === "outcome_unknown", method === "POST" && SENT.has(code), error);
        }
        assert.ok(performance.now() - started < 5000);
      } finally {
        server.close();
        sockets.forEach((socket) => socket.destroy());
      }
    });
  }
});

describe("a server that cannot be reached", () => {
  test("is retried, even for a POST", async () => {
    const faults = [];
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address();
    server.close();
    const payvost = clientOf({ baseUrl: `http://127.0.0.1:${port}`, maxRetries: 1, onResponse: ({ fault }) => void faults.push(fault) });
    const error = await rejected(payvost.webhooks.test("w", { eventType: "a.b" }));
    assert.deepEqual([error.code, error.attempts], ["connection_failed", 2], error);
    assert.deepEqual(faults, ["not_sent", "not_sent"]);
  });

  test("because its name is unknown", async () => {
    const faults = [];
    const payvost = clientOf({ ...QUICK, timeoutSeconds: 5, baseUrl: "http://nowhere.invalid", onResponse: ({ fault }) => void faults.push(fault) });
    assert.equal((await rejected(payvost.webhooks.list())).code, "connection_failed");
    assert.deepEqual(faults, ["not_sent"]);
  });

  test("because it does not speak TLS", async () => {
    const faults = [];
    const payvost = clientOf({ ...QUICK, baseUrl: api.url.replace("http", "https"), onResponse: ({ fault }) => void faults.push(fault) });
    assert.equal((await rejected(payvost.webhooks.list())).code, "connection_failed");
    assert.deepEqual(faults, ["tls_failed"]);
  });
});

describe("cancelling", () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;

  test("before the call", async () => {
    const reason = new Error("stop");
    assert.equal(await rejected(clientOf().webhooks.list({}, { signal: AbortSignal.abort(reason) })), reason);
    assert.equal(api.requests.length, 0);
  });

  test("during the request leaves nothing behind", async () => {
    let arrived;
    const isThere = new Promise((resolve) => (arrived = resolve));
    respond = (_, response) => {
      response.on("close", () => arrived.closed());
      arrived();
      return true;
    };
    const isClosed = new Promise((resolve) => (arrived.closed = resolve));
    const before = timers();
    const controller = new AbortController();
    const call = rejected(clientOf().webhooks.list({}, { signal: controller.signal }));
    await isThere;
    controller.abort();
    assert.equal((await call).name, "AbortError");
    await isClosed;
    assert.deepEqual([getEventListeners(controller.signal, "abort").length, timers() <= before], [0, true]);
  });

  test("during a pause leaves nothing behind", async () => {
    respond = (_, response) => {
      response.writeHead(503, { "Retry-After": "30" });
      return response.end("{}");
    };
    const before = timers();
    const controller = new AbortController();
    const call = rejected(clientOf({ onResponse: () => setImmediate(() => setImmediate(() => controller.abort())) }).webhooks.list({}, { signal: controller.signal }));
    assert.equal((await call).name, "AbortError");
    assert.equal(api.requests.length, 1);
    assert.deepEqual([getEventListeners(controller.signal, "abort").length, timers() <= before], [0, true]);
  });

  test("a time limit and a retry do not keep the process alive", async () => {
    const program = `
      import { Payvost } from "@payvost/webhooks";
      const payvost = new Payvost({ apiKey: "sk_test_x", baseUrl: process.argv[1], timeoutSeconds: 0.1, maxRetries: 1 });
      await payvost.webhooks.list().catch(({ code, attempts }) => console.log(code, attempts));`;
    respond = () => true;
    const cwd = fileURLToPath(new URL(".", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program, api.url], { cwd, timeout: 10_000 });
    assert.equal(stdout, "timed_out 2\n");
  });
});

describe("hooks", () => {
  test("learn about each attempt, and cannot change the result", async () => {
    const seen = [];
    const payvost = clientOf({
      onRequest(info) {
        seen.push(info);
        throw new Error("a failing hook");
      },
      async onResponse(info) {
        seen.push(info);
        await Promise.reject(new Error("a failing hook"));
      },
    });
    const error = await rejected(payvost.webhooks.get("w 1"));
    assert.equal(error.code, "not_found");
    const about = { operation: "webhooks.get", method: "GET", path: "/v1/webhooks/w%201", attempt: 1 };
    const [, { durationSeconds }] = seen;
    assert.deepEqual(seen, [about, { ...about, status: 404, fault: null, durationSeconds, requestId: "req_1" }]);
    assert.ok(durationSeconds >= 0 && durationSeconds < 5);
  });

  describe("of OpenTelemetry", () => {
    const REGISTERED = Symbol.for("opentelemetry.js.api.1");
    const spans = [];
    class Span {
      attributes = {};
      setAttributes(attributes) {
        Object.assign(this.attributes, attributes);
      }
      setStatus(status) {
        this.status = status;
      }
      end() {
        this.ended = true;
      }
    }
    const startSpan = (name, { kind, attributes }) => {
      const span = Object.assign(new Span(), { name, kind, attributes: { ...attributes } });
      spans.push(span);
      return span;
    };
    beforeEach(() => (spans.length = 0));
    after(() => delete globalThis[REGISTERED]);

    test("get a span for each attempt", async () => {
      globalThis[REGISTERED] = { trace: { getTracer: () => ({ startSpan }) } };
      respond = (_, response) => {
        if (api.requests.length > 1) return undefined;
        response.writeHead(503, { "Retry-After": "0" });
        return response.end("{}");
      };
      await clientOf().webhooks.list({ limit: 5 });
      const { hostname, port } = new URL(api.url);
      const attributes = {
        "http.request.method": "GET",
        "url.full": `${api.url}/v1/webhooks?limit=5`,
        "url.template": "/v1/webhooks",
        "server.address": hostname,
        "server.port": Number(port),
        "payvost.operation": "webhooks.list",
      };
      assert.deepEqual(spans.map((span) => ({ ...span })), [
        { name: "GET /v1/webhooks", kind: 2, ended: true, status: { code: 2 }, attributes: { ...attributes, "http.response.status_code": 503, "error.type": "503" } },
        { name: "GET /v1/webhooks", kind: 2, ended: true, attributes: { ...attributes, "http.request.resend_count": 1, "http.response.status_code": 200 } },
      ]);
      assert.ok(!inspect(spans, { depth: 9 }).includes("canary"));
    });

    for (const [name, broken] of Object.entries({ tracer: () => assert.fail(), span: () => ({}) })) {
      test(`a broken ${name} changes nothing`, async () => {
        globalThis[REGISTERED] = { trace: { getTracer: () => ({ startSpan: broken }) }, context: { active: () => assert.fail() } };
        assert.deepEqual((await clientOf().webhooks.list()).data, []);
        assert.equal(api.requests.length, 1);
      });
    }
  });
});

describe("the transport", () => {
  test("waits for the sandbox's clock without a limit, also of undici", async () => {
    const DISPATCHER = Symbol.for("undici.globalDispatcher.1");
    await clientOf().webhooks.list(); // undici is loaded by its first use
    const real = globalThis[DISPATCHER];
    const limits = [];
    globalThis[DISPATCHER] = {
      dispatch(options, handler) {
        limits.push([options.path, options.headersTimeout, options.bodyTimeout]);
        return real.dispatch(options, handler);
      },
    };
    try {
      respond = ({ path }) => (path.includes("advance") ? sleep(600).then(() => undefined) : undefined);
      const payvost = clientOf(QUICK);
      assert.deepEqual(await payvost.testing.advanceTime({ hours: 1 }), { now: "2025-11-01T12:00:00Z" });
      await payvost.webhooks.list({}, { timeoutSeconds: 3600, deadlineSeconds: 3600 });
    } finally {
      globalThis[DISPATCHER] = real;
    }
    assert.deepEqual(limits, [["/v1/testing/time/advance", 0, 0], ["/v1/webhooks", 0, 0]]);
  });

  test("calls a global fetch that was replaced", async (context) => {
    const seen = [];
    const mock = context.mock.method(globalThis, "fetch", async (url, { headers, redirect }) => {
      seen.push([url, headers.Authorization, redirect]);
      return new Response(answer);
    });
    assert.deepEqual((await clientOf().webhooks.list()).data, []);
    mock.mock.restore();
    assert.deepEqual(seen, [[`${api.url}/v1/webhooks`, `Bearer ${API_KEY}`, "manual"]]);
    assert.equal(api.requests.length, 0);
  });

  test("sends the same with Node's fetch and with a given one", async () => {
    const parameters = { url: "https://a.example/\u00e9", events: ["payment.*"], metadata: { "\u20ac": "\ud83d\ude00" } };
    for (const given of [undefined, (url, init) => fetch(url, init)]) {
      await clientOf({ fetch: given }).webhooks.create(parameters, { idempotencyKey: "k" });
      await clientOf({ fetch: given }).webhooks.list({ limit: 5, offset: 2 });
    }
    const names = ["authorization", "accept", "user-agent", "content-type", "content-length", "idempotency-key"];
    const sent = api.requests.map(({ method, path, headers, body }) => [method, path, body, names.map((name) => headers[name])]);
    assert.deepEqual(sent.slice(0, 2), sent.slice(2));
    assert.deepEqual(sent[0][2], parameters);
  });

  const answer = '{"success":true,"data":[]}';
  const headers = new Headers({ "X-Request-Id": "req_9" });
  const fetches = {
    "returns a stream of Node.js": async () => ({ status: 200, headers, body: Readable.from([Buffer.from(answer)]) }),
    "returns a stream of text": async () => ({ status: 200, headers, body: Readable.from([answer.slice(0, 9), answer.slice(9)]) }),
    "has no streams": async () => ({ status: 200, headers, arrayBuffer: async () => new TextEncoder().encode(answer).buffer }),
  };
  for (const [name, given] of Object.entries(fetches)) {
    test(`takes a fetch that ${name}`, async () => {
      const page = await clientOf({ fetch: given }).webhooks.list();
      assert.deepEqual([page.data, page.requestId], [[], "req_9"]);
    });
  }

  const broken = {
    "never ends": () => new Promise(() => {}),
    "throws at once": () => {
      throw new RangeError(API_KEY);
    },
    "returns nothing": async () => undefined,
    "returns no response": async () => ({ ok: true }),
    "returns another kind of body": async () => ({ status: 200, headers, body: Readable.from([{ a: 1 }]) }),
  };
  for (const [name, given] of Object.entries(broken)) {
    test(`a fetch that ${name} ends in an ApiError`, async () => {
      const error = await rejected(clientOf({ ...QUICK, timeoutSeconds: 0.1, fetch: given }).webhooks.list());
      assert.ok(error instanceof ApiError, error);
      assert.ok(["connection_failed", "timed_out"].includes(error.code));
    });
  }
});

test("the program of the guide runs", async (context) => {
  const program = folderOf(context, "guides/node/manage.md", "webhooks.mjs");
  const run = (env) => promisify(execFile)(process.execPath, [program], { env: { PAYVOST_BASE_URL: api.url, ...env }, timeout: 20_000 });
  const { stdout, stderr } = await run({ PAYVOST_API_KEY: API_KEY });
  assert.equal(stdout, "created webhook_1 with a secret of 13 characters\nhttps://yourapp.com/webhooks/payvost: payment.*, transfer.*, user.kyc_verified\n");
  assert.equal(stderr, "");
  respond = (_, response) => response.writeHead(401).end('{"success":false,"error":{"code":"authentication_error","message":"The key was revoked"}}');
  const failed = await rejected(run({ PAYVOST_API_KEY: API_KEY }));
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /^authentication_error: The key was revoked\. /);
  assert.match((await rejected(run({}))).stderr, /ConfigurationError: `apiKey`/);
});

test("the API key is shown nowhere", async () => {
  const hooked = [];
  const payvost = clientOf({ onRequest: (info) => hooked.push(info), onResponse: (info) => hooked.push(info) });
  const call = payvost.webhooks.list();
  const page = await call;
  const shown = [payvost, payvost.webhooks, call, page, await call.withResponse(), hooked, await payvost.webhooks.list({}, { dryRun: true })];
  for (const value of shown) {
    assert.ok(!inspect(value, { depth: 20, showHidden: true, showProxy: true, getters: true }).includes("canary"));
    assert.ok(!JSON.stringify(value).includes("canary"));
  }
  assert.equal(inspect(payvost), "Payvost { webhooks: PayvostWebhooks {}, testing: PayvostTesting {} }");
});

test("a rotation is over when the old secret was not seen for the time of the retries", () => {
  const began = new Date("2025-11-01T10:00:00Z");
  const rotation = new Rotation(began);
  assert.equal(rotation.overAt.toISOString(), "2025-11-01T11:36:05.000Z");
  rotation.oldSecretSeen(began.getTime() + 60_000);
  rotation.oldSecretSeen(began);
  assert.equal(rotation.isOver(began.getTime() + 5_824_999), false);
  assert.equal(rotation.isOver(new Date(began.getTime() + 5_825_000)), true);
  assert.equal(new Rotation().isOver(), false);
  for (const time of ["now", NaN, -1, new Date(NaN), null]) assert.throws(() => new Rotation(time), ConfigurationError);
});
