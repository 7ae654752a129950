// The calls of the management API that every language makes, through the real client, with a scripted `fetch` and a scripted clock.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { env } from "node:process";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { ApiError, ConfigurationError, Payvost } from "@payvost/webhooks";
import { canonical } from "../test-support/canonical.mjs";
import hosts from "../lib/manage/host.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const VECTORS = env.VECTORS ?? join(ROOT, "tests/vectors/manage");
const OBSERVED = env.OBSERVED ?? join(ROOT, "target/observed/manage");
const FILES = readdirSync(VECTORS).filter((name) => name.endsWith(".json")).sort();

const START = 1_761_991_200_000;

/** The codes of the errors that Node's `fetch` throws. The other faults come about in another way. */
const CODES = {
  not_sent: "ECONNREFUSED",
  connect_timed_out: "UND_ERR_CONNECT_TIMEOUT",
  timed_out: "UND_ERR_BODY_TIMEOUT",
  lost: "UND_ERR_SOCKET",
  tls_failed: "DEPTH_ZERO_SELF_SIGNED_CERT",
  malformed: "HPE_INVALID_CONSTANT",
  too_large: "UND_ERR_RESPONSE_EXCEEDED_SIZE",
};

/** The methods whose first argument is the id. */
const TAKES_ID = /\.(get|update|delete|rotateSecret|test|getLogs|triggerWebhook)$/;
const TAKES_NO_PARAMETERS = /\.(get|delete|rotateSecret|resetTime|resetAllData)$/;

const observations = [];
after(() => {
  mkdirSync(OBSERVED, { recursive: true });
  writeFileSync(join(OBSERVED, "node.jsonl"), observations.map((each) => `${JSON.stringify(each)}\n`).join(""));
  assert.ok(observations.length >= 500, `${observations.length} cases`);
});

const real = { ...hosts.host };
after(() => Object.assign(hosts.host, real));

for (const name of FILES) {
  const { cases } = JSON.parse(readFileSync(join(VECTORS, name), "utf8"));
  test(`calls: ${name}`, async () => {
    const failures = [];
    for (const each of cases) {
      const calls = await new Script(each).observe();
      observations.push({ id: each.id, calls });
      for (const [index, { expect }] of repeated(each).entries()) {
        const difference = differenceOf(expect, calls[index]);
        if (difference) failures.push(`${each.id} ${each.comment}\n  ${difference}`);
      }
    }
    assert.equal(failures.length, 0, failures.slice(0, 20).join("\n"));
  });
}

/** The calls of a case, as often as each is made. */
function repeated({ calls }) {
  return calls.flatMap((call) => Array.from({ length: call.repeat ?? 1 }, () => call));
}

/** The transport, the clock and the random generator of a case. */
class Script {
  constructor(each) {
    this.case = each;
    this.clock = 0;
    Object.assign(hosts.host, {
      elapsed: () => this.clock,
      now: () => START + this.clock,
      random: (length) => (length === 16 ? Buffer.from(this.call.random, "hex") : fourBytes(this.step?.random ?? 0)),
      limit: (milliseconds, callback) => this.limit(milliseconds, callback),
      pause: (milliseconds, callback) => this.pause(milliseconds, callback),
    });
  }

  async observe() {
    const { apiKey, options } = this.case.client;
    try {
      const onResponse = (info) => void this.attempts.push(info);
      this.payvost = new Payvost({ ...options, apiKey, onResponse, fetch: (url, init) => this.fetch(url, init) });
    } catch (error) {
      return repeated(this.case).map(() => refused(error));
    }
    const calls = [];
    for (const call of repeated(this.case)) calls.push(await this.run(call));
    return calls;
  }

  async run(call) {
    Object.assign(this, { call, steps: [...call.script], requests: [], waits: [], attempts: [], controller: new AbortController() });
    const end = await this.ending(call).catch((error) => this.failure(error));
    assert.equal(this.steps.length, 0, `${this.case.id}: not all of the script was used`);
    if (end.refused) return end;
    const attempts = this.attempts.map(({ attempt, status, fault, durationSeconds, requestId }) => {
      return { attempt, status, fault, duration_ms: Math.round(durationSeconds * 1000), request_id: requestId };
    });
    return { requests: this.requests, waits: this.waits, attempts, ...end };
  }

  async ending({ operation, parameters, options, iterate }) {
    const made = this.make(operation, parameters, { ...options, signal: this.controller.signal });
    if (iterate) {
      const entries = [];
      for await (const entry of made) entries.push(canonical(entry));
      return { entries };
    }
    const { data, response } = await made.withResponse();
    const isPage = /\.(list|getLogs)$/.test(operation);
    return { result: { data: canonical(isPage ? data.data : data), attempts: response.attempts, ...(isPage && data.total !== null && { total: data.total }) } };
  }

  make(operation, parameters, options) {
    const [resource, method] = operation.split(".");
    const call = (...values) => this.payvost[resource][method](...values);
    const { id, ...rest } = parameters ?? {};
    // Where a method has no parameters, others can only be passed by mistake, as options.
    if (TAKES_NO_PARAMETERS.test(operation)) return TAKES_ID.test(operation) ? call(id, { ...options, ...rest }) : call({ ...options, ...rest });
    return TAKES_ID.test(operation) ? call(id, rest, options) : call(parameters, options);
  }

  failure(error) {
    if (error instanceof ConfigurationError) return refused(error);
    if (error === this.controller.signal.reason) {
      // The caller's own cancellation: the client adds nothing to it.
      const { status, requestId } = this.attempts.at(-1);
      return { error: withoutNull({ code: "cancelled", message: "the call was cancelled", status, request_id: requestId, attempts: this.attempts.length }) };
    }
    assert.ok(error instanceof ApiError, error);
    assert.ok(error.message.length > 0 && error.hint.length > 0);
    const { code, cause, message, status, field, requestId, retryAfter, attempts } = error;
    return { error: withoutNull({ code, cause, message, status, field, request_id: requestId, retry_after: retryAfter, attempts }) };
  }

  limit(milliseconds, callback) {
    this.timeLimit = { milliseconds, callback };
    return () => {};
  }

  pause(milliseconds, callback) {
    this.waits.push(milliseconds);
    const { lasts, cancelled } = (this.steps[0]?.wait && this.steps.shift().wait) ?? {};
    this.clock += lasts ?? milliseconds;
    queueMicrotask(cancelled ? () => this.controller.abort() : callback);
    return () => {};
  }

  async fetch(url, { method, headers, body, redirect }) {
    assert.equal(redirect, "manual");
    const { "User-Agent": agent, ...others } = headers;
    assert.match(agent, /^payvost-webhooks\/\S+ node\//);
    const sent = Object.fromEntries(Object.entries(others).map(([name, value]) => [name.toLowerCase(), value]));
    const { milliseconds = null, callback } = this.timeLimit ?? {};
    this.timeLimit = undefined;
    this.requests.push({ method, url, headers: sent, body: body ?? null, time_limit_ms: milliseconds });
    const step = (this.step = this.steps.shift());
    assert.ok(step, `${this.case.id}: nothing more is scripted`);
    this.clock += step.takes ?? 0;
    if (step.fault === undefined) return responseOf(step);
    if (step.fault === "cancelled") return never(() => this.controller.abort());
    if (step.fault === "timed_out" && callback && step.takes % 2 === 0) return never(callback);
    throw new TypeError("fetch failed", { cause: Object.assign(new Error("a message that no log may hold"), { code: CODES[step.fault] }) });
  }
}

/** A request that ends only when something else ends it. */
function never(happens) {
  queueMicrotask(happens);
  return new Promise(() => {});
}

/** `Response` takes no status below 200, and no body with some others. `fetch` decodes each byte of a header as a character. */
function responseOf({ status, headers = [], body, body_hex: hex, body_repeat: parts }) {
  const bytes = hex !== undefined ? Buffer.from(hex, "hex") : Buffer.from(parts ? parts.map(([text, count]) => text.repeat(count)).join("") : body);
  return { status, headers: new Headers(headers.map(([name, value]) => [name, Buffer.from(value).toString("latin1")])), body: new Response(bytes).body };
}

function refused({ code, message }) {
  return { refused: { code, parameter: /`([^`]*)`/.exec(message)?.[1] ?? "" } };
}

function fourBytes(number) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
}

function withoutNull(object) {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value != null));
}

/** The first difference. A message that is not the server's is not part of the contract. */
function differenceOf(expected, observed) {
  const seen = structuredClone(observed);
  if (seen.error && expected.error?.message === undefined) delete seen.error.message;
  const name = Object.keys({ ...expected, ...seen }).find((each) => !isDeepStrictEqual(expected[each], seen[each]));
  return name && `${name}: ${JSON.stringify(seen[name])}, expected ${JSON.stringify(expected[name])}`;
}
