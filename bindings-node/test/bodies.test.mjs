// How the adapters read the raw body: from where, how much of it, and what they do if it is gone.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { describe, test } from "node:test";
import { serve as serveHono } from "@hono/node-server";
import express5 from "express";
import express4 from "express4";
import Fastify from "fastify";
import { Hono } from "hono";
import { WebhookReceiver, WebhookVerifier } from "@payvost/webhooks";
import { expressHandler } from "@payvost/webhooks/express";
import { fastifyPlugin } from "@payvost/webhooks/fastify";
import { fetchHandler } from "@payvost/webhooks/fetch";
import { httpListener } from "@payvost/webhooks/http";
import { sampleEvent, signedRequest } from "@payvost/webhooks/testing";
import { RECEIVED, deliver, post, refusal, refusalOf, serve } from "../test-support/http.mjs";
import { SECRET, codeOf } from "../test-support/sample.mjs";

const EVENT = sampleEvent("payment.succeeded", { data: { note: "café €" } });
const { body, headers } = signedRequest(EVENT, SECRET);
const LIMIT = 4096;

/** A receiver, the events that it handled, and the lines that it logged. */
function record() {
  const [events, logged, waiting] = [[], [], []];
  const keep = (text) => {
    logged.push(text);
    waiting.shift()?.(text);
  };
  const receiver = new WebhookReceiver(new WebhookVerifier(SECRET, { maxPayloadBytes: LIMIT }), (event) => events.push(event), {
    logger: { info: keep, warn: keep, error: keep },
  });
  return { receiver, events, logged, nextLog: () => new Promise((resolve) => waiting.push(resolve)) };
}

const SERVERS = {
  "node:http": async (receiver) => createServer(httpListener(receiver)),
  "Express 4": async (receiver) => createServer(express4().post("/", expressHandler(receiver))),
  "Express 5": async (receiver) => createServer(express5().post("/", expressHandler(receiver))),
  Fastify: async (receiver) => {
    const app = Fastify();
    app.register(fastifyPlugin, { prefix: "/", receiver });
    await app.listen({ port: 0, host: "127.0.0.1" });
    return app.server;
  },
  Hono: async (receiver) => {
    const app = new Hono();
    const handler = fetchHandler(receiver);
    app.post("/", (context) => handler(context.req.raw));
    const server = serveHono({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
    if (!server.listening) await once(server, "listening");
    return server;
  },
};

for (const [name, make] of Object.entries(SERVERS)) {
  describe(`with ${name}`, () => {
    async function start(context) {
      const recorded = record();
      return { ...recorded, url: await serve(context, await make(recorded.receiver)) };
    }

    test("a body may arrive in chunks that split a character", async (context) => {
      const { url, events } = await start(context);
      const { request, answer } = post(url, headers);
      const bytes = Buffer.from(body);
      const cut = bytes.indexOf("€") + 1;
      request.write(bytes.subarray(0, cut));
      await new Promise(setImmediate);
      request.end(bytes.subarray(cut));
      assert.deepEqual(await answer, RECEIVED);
      assert.deepEqual(events, [EVENT]);
    });

    test("a body at the limit is accepted, and one more byte is rejected", async (context) => {
      const { url } = await start(context);
      const padded = signedRequest(body + " ".repeat(LIMIT - Buffer.byteLength(body)), SECRET);
      assert.deepEqual(await deliver(url, padded.body, padded.headers), RECEIVED);
      assert.deepEqual(refusalOf(await deliver(url, `${padded.body} `, padded.headers)), refusal(413, "payload_too_large"));
    });

    test("a body over the limit is rejected before its end, even without Content-Length", async (context) => {
      const { url, events } = await start(context);
      const { request, answer } = post(url, headers);
      request.write(" ".repeat(LIMIT + 1));
      assert.deepEqual(refusalOf(await answer), refusal(413, "payload_too_large"));
      request.destroy();
      assert.deepEqual(events, []);
    });

    test("a rejected sender that does not stop is disconnected", async (context) => {
      const { url } = await start(context);
      const { request, answer } = post(url, headers);
      request.write(" ".repeat(LIMIT + 1));
      const [socket] = await once(request, "socket");
      await answer;
      const cut = new Promise((resolve) => socket.once("close", resolve));
      const chunk = `100000\r\n${" ".repeat(2 ** 20)}\r\n`;
      for (let sent = 0; sent < 256 && !socket.destroyed; sent++) {
        await Promise.race([cut, new Promise((resolve) => socket.write(chunk, resolve))]);
      }
      assert.ok(socket.destroyed);
    });

    test("a Content-Length over the limit is rejected before the body arrives", async (context) => {
      const { url } = await start(context);
      const { request, answer } = post(url, { ...headers, "Content-Length": String(2 ** 40) });
      request.flushHeaders();
      assert.deepEqual(refusalOf(await answer), refusal(413, "payload_too_large"));
      request.destroy();
    });

    for (const [form, length] of [["of known length", { "Content-Length": String(Buffer.byteLength(body)) }], ["in chunks", {}]]) {
      test(`a sender that breaks off a body ${form} leaves nothing behind`, async (context) => {
        const { url, events, nextLog } = await start(context);
        const log = nextLog();
        const { request, answer } = post(url, { ...headers, ...length });
        request.write(body.slice(0, 100), () => request.destroy());
        await assert.rejects(answer);
        assert.match(await log, /^webhook body incomplete: /);
        assert.deepEqual(await deliver(url, body, headers), RECEIVED);
        assert.deepEqual(events, [EVENT]);
      });
    }

    test("a content type makes no difference", async (context) => {
      const { url } = await start(context);
      for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/json; charset=utf-16", []]) {
        assert.deepEqual(await deliver(url, body, { ...headers, "Content-Type": type }), RECEIVED, String(type));
      }
    });
  });
}

for (const [name, express] of [["Express 4", express4], ["Express 5", express5]]) {
  describe(`with ${name}, after a middleware`, () => {
    async function after(context, ...middleware) {
      const recorded = record();
      const app = express();
      for (const step of middleware) app.use(step);
      app.post("/", expressHandler(recorded.receiver));
      return { ...recorded, url: await serve(context, createServer(app)) };
    }

    const consumers = {
      "express.json()": express.json(),
      "express.urlencoded()": [express.urlencoded({ extended: false }), "application/x-www-form-urlencoded"],
      "one that reads the stream to its end": async (request, response, next) => {
        for await (const chunk of request) chunk.toString();
        next();
      },
      "one that discards the body": (request, response, next) => request.resume().on("end", () => next()),
      "one that began to read": (request, response, next) => request.once("data", () => (request.pause(), next())),
      "one that asks for text": (request, response, next) => (request.setEncoding("utf8"), next()),
    };
    for (const [step, consumer] of Object.entries(consumers)) {
      test(`${step}: responds at once that the body is gone, with the hint in the log`, async (context) => {
        const [middleware, type] = [consumer].flat();
        const { url, events, logged } = await after(context, middleware);
        const answer = await deliver(url, body, { ...headers, ...(type && { "Content-Type": type }) });
        assert.deepEqual(refusalOf(answer), refusal(500, "payload_not_raw"));
        assert.match(logged[0], /^webhook refused: payload_not_raw: .*express\.raw/);
        assert.deepEqual(events, []);
      });
    }

    const keepers = {
      "express.raw()": express.raw({ type: "*/*" }),
      "express.raw() for another type": express.raw({ type: "image/png" }),
      "express.text()": express.text({ type: "*/*" }),
      "express.json() for another type": express.json({ type: "image/png" }),
      "express.json() that keeps the bytes": express.json({ verify: (request, response, bytes) => (request.rawBody = bytes) }),
      "express.json() that leaves the path out": (request, response, next) => (request.path === "/" ? next() : express.json()(request, response, next)),
      "one that only listens": (request, response, next) => (request.on("data", () => {}), next()),
      "one that pauses the stream": (request, response, next) => (request.pause(), setImmediate(next)),
    };
    for (const [step, keeper] of Object.entries(keepers)) {
      test(`${step}: accepts the event`, async (context) => {
        const { url, events } = await after(context, keeper);
        assert.deepEqual(await deliver(url, body, headers), RECEIVED);
        assert.deepEqual(events, [EVENT]);
      });
    }

    test("one that has already responded: adds nothing", async (context) => {
      const { url, events } = await after(context, (request, response, next) => (response.status(202).end("queued"), next()));
      assert.equal((await deliver(url, body, headers)).status, 202);
      assert.ok(events.length <= 1);
    });
  });
}

describe("with Fastify", () => {
  test("the rest of the application goes on parsing", async (context) => {
    const { receiver } = record();
    const app = Fastify();
    app.register(fastifyPlugin, { prefix: "/webhooks/payvost", receiver });
    app.post("/other", async (request) => ({ seen: request.body.type }));
    await app.listen({ port: 0, host: "127.0.0.1" });
    const url = await serve(context, app.server);
    assert.equal((await deliver(`${url}/other`, body)).body, '{"seen":"payment.succeeded"}');
    assert.deepEqual(await deliver(`${url}/webhooks/payvost`, body, headers), RECEIVED);
  });

  test("a hook that has read the stream: responds at once that the body is gone", async (context) => {
    const { receiver, logged } = record();
    const app = Fastify();
    app.addHook("preParsing", async (request, reply, stream) => {
      for await (const chunk of stream) chunk.toString();
      return stream;
    });
    app.register(fastifyPlugin, { prefix: "/", receiver });
    await app.listen({ port: 0, host: "127.0.0.1" });
    const answer = await deliver(await serve(context, app.server), body, headers);
    assert.deepEqual(refusalOf(answer), refusal(500, "payload_not_raw"));
    assert.equal(logged.length, 1);
  });
});

describe("with a standard request", () => {
  const request = (content = body, more = {}) => new Request("http://localhost/", { method: "POST", body: content, headers: { ...headers, ...more } });
  const code = async (response) => [response.status, JSON.parse(await response.text()).error.code];

  for (const how of ["json", "text", "arrayBuffer"]) {
    test(`after .${how}(): responds at once that the body is gone`, async () => {
      const { receiver, logged } = record();
      const used = request();
      await used[how]();
      assert.deepEqual(await code(await fetchHandler(receiver)(used)), [500, "payload_not_raw"]);
      assert.match(logged[0], /payload_not_raw/);
    });
  }

  test("whose body other code is reading: responds at once", async () => {
    const locked = request();
    locked.body.getReader();
    assert.deepEqual(await code(await fetchHandler(record().receiver)(locked)), [500, "payload_not_raw"]);
  });

  test("without a body: rejected as an empty body", async () => {
    const empty = new Request("http://localhost/", { method: "POST", headers });
    assert.deepEqual(await code(await fetchHandler(record().receiver)(empty)), [400, "signature_mismatch"]);
  });

  test("with a byte order mark: it is part of the signed bytes", async () => {
    const marked = signedRequest(`\ufeff${body}`, SECRET);
    assert.deepEqual(await code(await fetchHandler(record().receiver)(request(marked.body, marked.headers))), [400, "invalid_json"]);
    assert.deepEqual(await code(await fetchHandler(record().receiver)(request(marked.body))), [400, "signature_mismatch"]);
  });

  test("with the header twice: rejected", async () => {
    const twice = request();
    twice.headers.append("Payvost-Signature", headers["Payvost-Signature"]);
    assert.deepEqual(await code(await fetchHandler(record().receiver)(twice)), [400, "malformed_signature"]);
  });

  test("whose clone was read before: accepts the event", async () => {
    const { receiver, events } = record();
    const original = request();
    await original.clone().json();
    assert.equal((await fetchHandler(receiver)(original)).status, 200);
    assert.deepEqual(events, [EVENT]);
  });

  test("that fails while it is read: answers, and handles nothing", async () => {
    const { receiver, events } = record();
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error("reset")) });
    const failing = new Request("http://localhost/", { method: "POST", body, headers, duplex: "half" });
    assert.deepEqual(await code(await fetchHandler(receiver)(failing)), [408, "body_incomplete"]);
    assert.deepEqual(events, []);
  });
});

describe("a method other than POST", () => {
  for (const [name, listen] of [["node:http", httpListener], ["the web's own", (receiver) => nodeListenerOf(fetchHandler(receiver))]]) {
    test(`${name}: 405 with the allowed method`, async (context) => {
      const { receiver, logged } = record();
      const url = await serve(context, createServer(listen(receiver)));
      for (const method of ["GET", "PUT", "DELETE"]) {
        const response = await fetch(url, { method, ...(method === "PUT" && { body }) });
        assert.deepEqual([response.status, response.headers.get("allow"), (await response.json()).error.code], [405, "POST", "method_not_allowed"]);
      }
      assert.equal(logged.length, 3);
    });
  }

  test("Fastify: 405 with the allowed method", async (context) => {
    const { receiver, logged } = record();
    const app = Fastify().register(fastifyPlugin, { prefix: "/webhooks/payvost", receiver });
    context.after(() => app.close());
    for (const method of ["GET", "HEAD", "PUT", "DELETE", "PATCH"]) {
      const { statusCode, headers: fields, payload } = await app.inject({ method, url: "/webhooks/payvost", ...(method === "PUT" && { payload: body, headers }) });
      assert.deepEqual([statusCode, fields.allow], [405, "POST"], method);
      if (method !== "HEAD") assert.equal(JSON.parse(payload).error.code, "method_not_allowed");
    }
    assert.equal(logged.length, 5);
    assert.equal((await app.inject({ method: "GET", url: "/elsewhere" })).statusCode, 404);
    assert.equal((await app.inject({ method: "POST", url: "/webhooks/payvost", payload: body, headers })).statusCode, 200);
  });

  for (const [name, express] of [["Express 4", express4], ["Express 5", express5]]) {
    test(`${name}: is passed on`, async (context) => {
      const { receiver, logged } = record();
      const app = express().use("/", expressHandler(receiver)).get("/", (request, response) => response.send("a page"));
      const url = await serve(context, createServer(app));
      assert.equal(await (await fetch(url)).text(), "a page");
      assert.deepEqual(logged, []);
      assert.deepEqual(await deliver(url, body, headers), RECEIVED);
    });
  }

  /** Standard requests and responses on top of those of Node.js, without a framework. */
  function nodeListenerOf(handler) {
    return async (request, response) => {
      const content = request.method === "GET" ? null : Buffer.concat(await request.toArray());
      const answer = await handler(new Request("http://localhost/", { method: request.method, headers: request.headers, body: content }));
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
    };
  }
});

test("an invalid Content-Length counts as absent", async () => {
  const { receiver, events } = record();
  for (const length of ["0x10000", "1_000_000", "-5", "1e9"]) {
    const request = new Request("http://localhost/", { method: "POST", body, headers });
    Object.defineProperty(request, "headers", { value: { get: (name) => (name === "content-length" ? length : name === "payvost-signature" ? headers["Payvost-Signature"] : null) } });
    assert.equal((await fetchHandler(receiver)(request)).status, 200, length);
  }
  assert.equal(events.length, 4);
});

test("the duration in a result counts from the call, before the body is read", async (context) => {
  const results = [];
  const receiver = new WebhookReceiver(SECRET, () => {}, { onResult: (result) => results.push(result) });
  const listener = httpListener(receiver);
  // The rest of the body is sent once the receiver has been called.
  const server = createServer((incoming, response) => {
    setTimeout(() => request.end(body.slice(10)), 120);
    listener(incoming, response);
  });
  const url = await serve(context, server);
  const { request, answer } = post(url, { ...headers, "Content-Length": String(Buffer.byteLength(body)) });
  request.write(body.slice(0, 10));
  await answer;
  assert.ok(results[0].durationSeconds > 0.1, `${results[0].durationSeconds}`);
});

test("a body shorter than its Content-Length: 408", async () => {
  const { receiver, logged } = record();
  const request = new Request("http://localhost/", { method: "POST", body, headers });
  Object.defineProperty(request, "headers", { value: { get: (name) => (name === "content-length" ? "4000" : name === "payvost-signature" ? headers["Payvost-Signature"] : null) } });
  const response = await fetchHandler(receiver)(request);
  assert.deepEqual([response.status, (await response.json()).error.code], [408, "body_incomplete"]);
  assert.match(logged[0], /^webhook body incomplete/);
});

test("an adapter rejects anything but a receiver", async () => {
  for (const adapter of [httpListener, expressHandler, fetchHandler]) {
    for (const wrong of [undefined, SECRET, {}]) assert.equal(codeOf(() => adapter(wrong)), "invalid_option");
  }
  await assert.rejects(Fastify().register(fastifyPlugin, {}).ready(), { code: "invalid_option" });
});
