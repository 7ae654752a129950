// The adapters on their real frameworks, over HTTP, with an inbox on PostgreSQL.
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import crypto from "node:crypto";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ConfigurationError, WebhookReceiver } from "@payvost/webhooks";
import { currentRequest } from "@payvost/webhooks/request";
import { SqlInbox } from "@payvost/webhooks/stores";
import { sampleEvent, signedRequest } from "@payvost/webhooks/testing";
import { examine } from "../test-support/examine.mjs";
import { FRAMEWORKS } from "../test-support/frameworks.mjs";
import { RECEIVED, deliver, post } from "../test-support/http.mjs";
import { SECRET } from "../test-support/sample.mjs";
import { clientOf } from "../test-support/services.mjs";
import { Services } from "../test-support/stores.mjs";

const services = new Services();
let database, url;
before(async () => {
  ({ url } = await services.start("postgres"));
  database = await clientOf("postgres", url);
  await database.client.query("CREATE TABLE effects (id text)");
});
after(async () => {
  await database.end();
  await services.remove();
});

const effects = async (id) => (await database.client.query("SELECT count(*) AS n FROM effects WHERE id = $1", [id])).rows.map(({ n }) => Number(n))[0];

/** The lines that the programs of the guides print. */
function lineFor({ id, type, data }) {
  if (type === "payment.succeeded") return `paid: ${data.amount} ${data.currency}`;
  return type.startsWith("wallet.") ? `wallet: ${type} ${data.id}` : `unhandled: ${type} ${id}`;
}

let count = 0;
for (const [name, start] of Object.entries(FRAMEWORKS)) {
  describe(name, () => {
    /** Starts the framework with a handler, and an inbox of its own. */
    async function started(context, handler, { secret = SECRET, chosen, withoutStore = false, logger = () => {} } = {}) {
      const own = `framework${++count}`;
      const store = withoutStore ? undefined : new SqlInbox(database.client, { prefix: own, table: own, timeoutSeconds: 20 });
      await store?.createTable();
      const receiver = chosen ?? new WebhookReceiver(secret, handler, { store, logger });
      const server = await start(receiver, { secret, store, handler, logger });
      context.after(() => server.stop());
      return { ...server, store, own };
    }

    const send = async (target, event, secret = SECRET) => {
      const { body, headers } = signedRequest(event, secret);
      return (await deliver(target, body, headers)).status;
    };

    test("the documented events, and what is refused", async (context) => {
      const lines = [];
      // Some of the samples share an id.
      const { url } = await started(context, (event) => void lines.push(lineFor(event)), { withoutStore: true });
      await examine(url, async () => lines.shift());
      const { status, headers } = await fetch(url);
      // A middleware passes other methods on.
      assert.deepEqual([status, headers.get("allow")], name === "Koa" ? [404, null] : [405, "POST"]);
    });

    test("64 duplicates at once have one effect; a handler that throws after it wrote has none", async (context) => {
      let fails = false;
      const { url, store } = await started(context, async ({ id }, { connection }) => {
        await connection.query("INSERT INTO effects VALUES ($1)", [id]);
        if (fails) throw new RangeError();
      });
      const event = sampleEvent("payment.succeeded", { id: `evt_64_${count}` });
      const statuses = await Promise.all(Array.from({ length: 64 }, () => send(url, event)));
      assert.ok(statuses.includes(200) && statuses.every((status) => [200, 409].includes(status)), statuses.join());
      assert.equal(await effects(event.id), 1);

      fails = true;
      const other = sampleEvent("wallet.frozen", { id: `evt_throws_${count}` });
      assert.equal(await send(url, other), 500);
      assert.equal(await effects(other.id), 0);
      assert.deepEqual((await store.deadLetters()).map(({ error }) => error), ["RangeError"]);
      fails = false;
      assert.deepEqual([await send(url, other), await send(url, other), await effects(other.id)], [200, 200, 1]);
    });

    test("a worker that is killed after the effect has none, and the next delivery is handled", async (context) => {
      const { url: target, own } = await started(context, ({ id }, { connection }) => connection.query("INSERT INTO effects VALUES ($1)", [id]));
      const event = sampleEvent("payment.succeeded", { id: `evt_killed_${count}` });
      const worker = fork(fileURLToPath(new URL("../test-support/framework-worker.mjs", import.meta.url)), [JSON.stringify({ name, url, own })]);
      context.after(() => worker.kill("SIGKILL"));
      const [place] = await once(worker, "message");
      await assert.rejects(send(place, event));
      const [, signal] = worker.signalCode ? [null, worker.signalCode] : await once(worker, "exit");
      assert.equal(signal, "SIGKILL");
      for (let attempt = 0; attempt < 50 && (await send(target, event)) !== 200; attempt++) await sleep(50);
      assert.equal(await effects(event.id), 1);
    });

    test("the secret of each request, and the request in the handler", async (context) => {
      const secrets = { webhooks: "whsec_of_one", other: "whsec_of_another" };
      const tenantOf = (request) => (request.params ?? request.rawParams)?.tenant ?? /\/(\w+)\/payvost/.exec(request.path ?? request.url)?.[1];
      const secretOf = async (request) => {
        const tenant = tenantOf(request);
        if (tenant === "broken") throw new Error("the secret manager is down");
        return secrets[tenant];
      };
      const handler = () => void seen.push(tenantOf(currentRequest()));
      const seen = [];
      const base = new WebhookReceiver("whsec_of_nobody", handler, { logger: () => {} });
      const chosen = async (request) => base.withVerifier(await secretOf(request));
      const { url } = await started(context, handler, { secret: secretOf, chosen });
      const errors = context.mock.method(console, "error", () => {});
      const at = (tenant) => url.replace("/webhooks/", `/${tenant}/`);
      assert.equal(await send(url, sampleEvent("user.created", { id: `evt_a_${count}` }), secrets.webhooks), 200);
      assert.equal(await send(at("other"), sampleEvent("user.created", { id: `evt_b_${count}` }), secrets.other), 200);
      assert.equal(await send(at("other"), sampleEvent("user.created"), secrets.webhooks), 400);
      assert.equal(await send(at("nobody"), sampleEvent("user.created"), "whsec_of_nobody"), 500);
      assert.equal(await send(at("broken"), sampleEvent("user.created"), secrets.webhooks), 500);
      assert.deepEqual(seen, ["webhooks", "other"]);
      assert.equal(errors.mock.callCount(), 2);
      assert.equal(currentRequest(), undefined);
    });

    test("a sender that breaks off, and a configuration that cannot work", { skip: name.includes("Lambda") }, async (context) => {
      const { url } = await started(context, () => assert.fail());
      const { request, answer } = post(url, { "Content-Length": "1000" });
      request.write("{");
      await sleep(50);
      request.destroy();
      await assert.rejects(answer);
      assert.equal((await deliver(url, "{}", {})).status, 400);
      await assert.rejects(async () => (await start("whsec_text", { secret: "", handler() {} })).stop(), ConfigurationError);
    });
  });
}

test("NestJS: with a secret of each request, the application starts whatever the random bytes are", async (context) => {
  context.mock.method(crypto, "randomBytes", (length) => Buffer.alloc(length, " "));
  const { stop } = await FRAMEWORKS["NestJS on Express"](undefined, { secret: () => SECRET, handler() {}, logger: () => {} });
  await stop();
});

test("Lambda: absent headers and bodies, and what a function URL passes on", async () => {
  const { lambdaHandler } = await import("@payvost/webhooks/lambda");
  const handled = [];
  const handler = lambdaHandler(new WebhookReceiver(SECRET, ({ id }) => void handled.push(id), { logger: () => {} }));
  const http = { method: "POST" };
  const codeOf = async (request) => {
    const { statusCode, body } = await handler(request);
    return [statusCode, JSON.parse(body).error?.code];
  };
  assert.deepEqual(await codeOf({ requestContext: { http } }), [400, "missing_signature"]);
  assert.deepEqual(await codeOf({ httpMethod: "POST", headers: null, multiValueHeaders: null, body: null }), [400, "missing_signature"]);
  assert.deepEqual(await codeOf({ httpMethod: "GET" }), [405, "method_not_allowed"]);
  assert.deepEqual(await codeOf({}), [400, "missing_signature"]);
  const { body, headers } = signedRequest(sampleEvent("user.created", { id: "evt_é" }), SECRET);
  const one = { httpMethod: "POST", body, isBase64Encoded: false };
  assert.deepEqual(await codeOf({ ...one, multiValueHeaders: { "payvost-signature": [headers["Payvost-Signature"], "00"] } }), [400, "malformed_signature"]);
  assert.deepEqual(await codeOf({ ...one, headers: { "PAYVOST-SIGNATURE": headers["Payvost-Signature"] } }), [200, undefined]);
  assert.deepEqual(handled, ["evt_é"]);
  const { body: received, ...rest } = await handler({ ...one, requestContext: { elb: {} }, multiValueHeaders: headers["Payvost-Signature"] ? { "Payvost-Signature": [headers["Payvost-Signature"]] } : {} });
  assert.deepEqual([rest, received], [{ statusCode: 200, multiValueHeaders: { "content-type": ["application/json"] }, isBase64Encoded: false }, RECEIVED.body]);
});
