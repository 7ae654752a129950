// The calls of a client. The core decides each step of a call (core/src/manage), and this takes it.

import { native } from "../native.js";
import type { AskedCall, AskedRequest, Clocks, Description, FailedCall, NativeCall } from "../boundary.js";
import { isRefusal, misuse, ofServers, refusal } from "../errors.js";
import { guarded } from "../log.js";
import type { ApiCall, ApiResponse, CallOptions, Page as Pages, PageCall, PayvostOptions, ApiRequestInfo, ApiResponseInfo } from "./api.js";
import { NOT_JSON, encode, encodeParameters } from "./encode.js";
import { ApiError } from "./error.js";
import type { Fault } from "./faults.js";
import { host } from "./host.js";
import { inSpan } from "./spans.js";
import { send, type Answer, type Fetch, type Sent } from "./transport.js";

/** Makes a call, which has not begun. */
export type MakeCall = (
  operation: string,
  parameters: unknown,
  path: { readonly id?: unknown },
  options: CallOptions | null | undefined,
  isList?: boolean,
) => any;

/** Reads the options of a client, and returns the function that makes its calls. It alone refers to the native half, which holds the key. */
export function makerOf(given: PayvostOptions): MakeCall {
  if (typeof given !== "object" || given === null) throw misuse("options must be an object", "For example: new Payvost({ apiKey: process.env.PAYVOST_API_KEY }).");
  const { apiKey, fetch, onRequest, onResponse, ...rest } = given;
  for (const [name, value] of Object.entries({ fetch, onRequest, onResponse })) {
    if (value != null && typeof value !== "function") throw misuse(`${name} must be a function`, "Leave it out for the default.");
  }
  const create = ofServers(native.createClient)(apiKey, encode(rest), platform());
  if (isRefusal(create)) throw refusal(create);
  const client: Client = { create, idle: [], fetch: fetch ?? undefined, onRequest: hookOf(onRequest), onResponse: hookOf(onResponse) };
  return (operation, parameters, path, options, isList = false) => {
    // Read now, so that later changes of the caller's objects have no effect.
    const encoded = encodeParameters(parameters, path);
    const { signal, isDryRun, ...read } = readOptions(options);
    const run: Run = { client, operation, options: read.encoded, signal };
    if (isDryRun) return new Call(async () => shown(run, encoded));
    return new Call<unknown>(() => (isList ? pageOf(run, encoded) : objectOf(run, encoded)));
  };
}

interface ReadOptions {
  readonly encoded: string;
  readonly signal?: AbortSignal | undefined;
  readonly isDryRun?: boolean;
}

/** Takes the options that concern JavaScript alone. The core checks the others. */
function readOptions(options: unknown): ReadOptions {
  if (options == null || typeof options !== "object" || Array.isArray(options)) return { encoded: encode(options ?? {}) };
  try {
    const { signal, dryRun, ...others } = options as CallOptions;
    return { encoded: encode(others), signal: signal ?? undefined, isDryRun: dryRun === true };
  } catch {
    return { encoded: NOT_JSON }; // a getter threw
  }
}

interface Client {
  readonly create: () => NativeCall;
  /** Handles whose calls have ended: reusing one is cheaper than making one. */
  readonly idle: NativeCall[];
  readonly fetch: Fetch | undefined;
  readonly onRequest: ((info: ApiRequestInfo) => void) | undefined;
  readonly onResponse: ((info: ApiResponseInfo) => void) | undefined;
}

interface Run {
  readonly client: Client;
  readonly operation: string;
  readonly options: string;
  readonly signal: AbortSignal | undefined;
}

interface Ended<Result> {
  readonly data: Result;
  readonly response: ApiResponse;
}

/** A call. Nothing happens before something is asked of it. */
class Call<Result> implements ApiCall<Result>, PageCall<unknown> {
  readonly #begin: () => Promise<Ended<Result>>;
  #ended: Promise<Ended<Result>> | undefined;

  constructor(begin: () => Promise<Ended<Result>>) {
    this.#begin = begin;
  }

  get [Symbol.toStringTag](): string {
    return "ApiCall";
  }

  withResponse(): Promise<any> {
    return (this.#ended ??= this.#begin());
  }

  then(fulfilled?: any, rejected?: any): Promise<any> {
    return this.withResponse().then(({ data }) => data).then(fulfilled, rejected);
  }

  catch(rejected?: any): Promise<any> {
    return this.then(undefined, rejected);
  }

  finally(settled?: (() => void) | null): Promise<any> {
    return this.then().finally(settled);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown, void> {
    const page: unknown = await this.then();
    if (!(page instanceof Page)) throw misuse("only a list can be iterated", "Await the call instead.");
    yield* page;
  }
}

class Page<Entry> implements Pages<Entry> {
  data: Entry[];
  total: number | null;
  readonly #response: ApiResponse;
  readonly #next: (() => Promise<Page<Entry>>) | null;

  constructor(data: Entry[], total: number | null, response: ApiResponse, next: (() => Promise<Page<Entry>>) | null) {
    this.data = data;
    this.total = total;
    this.#response = response;
    this.#next = next;
  }

  get requestId() {
    return this.#response.requestId;
  }

  get rateLimit() {
    return this.#response.rateLimit;
  }

  get hasNextPage() {
    return this.#next !== null;
  }

  async nextPage() {
    return this.#next === null ? null : this.#next();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Entry, void> {
    yield* this.data;
    for (let page = await this.nextPage(); page !== null; page = await page.nextPage()) yield* page.data;
  }
}

async function shown(run: Run, parameters: string): Promise<Ended<unknown>> {
  const response: ApiResponse = { status: null, requestId: null, rateLimit: { limit: null, remaining: null, reset: null }, attempts: 0 };
  const data: unknown = await using(run.client, async (call) => {
    begun(run, parameters, call);
    return JSON.parse(call.dryRun());
  });
  return { data, response };
}

async function objectOf(run: Run, parameters: string): Promise<Ended<unknown>> {
  const { data, response } = await ended(run, parameters);
  return { data, response };
}

async function pageOf(run: Run, parameters: string): Promise<Ended<Page<unknown>>> {
  const { data, total, next, response } = await ended(run, parameters);
  const following = next === null ? null : async () => (await pageOf(run, next)).data;
  return { data: new Page(data as unknown[], total, response, following), response };
}

/** Makes a call with a handle of its own. */
async function using<Result>({ create, idle }: Client, work: (call: NativeCall) => Promise<Result>): Promise<Result> {
  const call = idle.pop() ?? create();
  try {
    return await work(call);
  } finally {
    call.end();
    idle.push(call);
  }
}

function begun({ operation, options, signal }: Run, parameters: string, call: NativeCall): AskedCall {
  if (signal !== undefined && typeof signal?.addEventListener !== "function") throw misuse("signal must be an AbortSignal", "Pass controller.signal.");
  const asked = call.begin(operation, parameters, options, host.random(16), clocks());
  if (isRefused(asked)) throw refusal(asked);
  return asked;
}

/** A refusal begins with its class. */
function isRefused(asked: AskedCall | Description): asked is Description {
  return asked[0] === "ConfigurationError";
}

/** Runs a call to its end. */
function ended(run: Run, parameters: string): Promise<Ended<unknown> & { total: number | null; next: string | null }> {
  return using(run.client, (call) => driven(run, parameters, call));
}

async function driven(run: Run, parameters: string, call: NativeCall): ReturnType<typeof ended> {
  const { signal } = run;
  let asked = begun(run, parameters, call);
  throwIfAborted(signal);
  for (;;) {
    switch (asked[0]) {
      case "request":
        asked = await attempt(run, call, asked);
        break;
      case "wait":
        asked = (await paused(asked[1], signal)) ? call.waited(clocks()) : call.failed("cancelled", clocks(), 0);
        break;
      case "done":
        return { data: JSON.parse(asked[1]), total: asked[2], next: asked[3], response: responseOf(call) };
      case "failed":
        throwIfAborted(signal);
        throw errorOf(asked);
    }
  }
}

async function attempt({ client, operation, signal }: Run, call: NativeCall, asked: AskedRequest): Promise<AskedCall> {
  const [, method, url, headers, body, timeLimit, maxBytes, number] = asked;
  const [, path, route] = call.target();
  const sent: Sent = { method, url, headers, body, timeLimit, maxBytes };
  const info: ApiRequestInfo = { operation, method, path, attempt: number };
  client.onRequest?.({ ...info });
  const answer: Answer = await inSpan({ operation, route, attempt: number }, sent, () => send(client.fetch, sent, answerHeaders(), signal));
  const next = "fault" in answer ? call.failed(answer.fault, clocks(), bits()) : call.responded(answer.status, answer.headers, answer.body, clocks(), bits());
  if (client.onResponse !== undefined) {
    const [, status, fault, milliseconds, requestId] = call.lastAttempt();
    client.onResponse({ ...info, status, fault: fault as Fault | null, durationSeconds: milliseconds / 1000, requestId });
  }
  return next;
}

/** A cancelled call ends as the caller's other cancelled work does: with the reason of the signal. */
function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw signal.reason;
}

/** Waits; `false` if the call was cancelled meanwhile. */
function paused(milliseconds: number, signal: AbortSignal | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve(false);
    const end = (whole: boolean) => {
      disarm();
      signal?.removeEventListener("abort", cancel);
      resolve(whole);
    };
    const cancel = () => end(false);
    const disarm = host.pause(milliseconds, () => end(true));
    signal?.addEventListener("abort", cancel, { once: true });
  });
}

function responseOf(call: NativeCall): ApiResponse {
  const [status, requestId, limit, remaining, reset, attempts] = call.facts();
  return { status, requestId, rateLimit: { limit, remaining, reset }, attempts };
}

function errorOf([, code, message, hint, details]: FailedCall): ApiError {
  const [cause, status, field, requestId, retryAfter, attempts] = details;
  return new ApiError(message, { code, hint, status, field, requestId, retryAfter, attempts, cause });
}

let names: readonly string[] | undefined;

function answerHeaders(): readonly string[] {
  return (names ??= ofServers(native.answerHeaders)());
}

function clocks(): Clocks {
  return [Math.floor(host.elapsed()), Math.floor(host.now())];
}

/** 32 random bits, which scatter the retries of many clients. */
function bits(): number {
  const bytes = host.random(4);
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
}

function hookOf<Info>(hook: ((info: Info) => unknown) | null | undefined): ((info: Info) => void) | undefined {
  return hook == null ? undefined : guarded(hook);
}

/** The end of the `User-Agent`. */
function platform(): string {
  const { bun, deno, node } = globalThis.process?.versions ?? {};
  return bun !== undefined ? `bun/${bun}` : deno !== undefined ? `deno/${deno}` : `node/${node}`;
}
