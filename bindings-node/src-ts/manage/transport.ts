// Sends one request with `fetch`, and reads its response within the limits that the core sets.

import { dispatch, dispatcherOfFetch, globalDispatcher, type Dispatcher } from "./dispatch.js";
import { faultOf, type Fault } from "./faults.js";
import { concat } from "../concat.js";
import { define } from "../own.js";
import { host } from "./host.js";

/** The part of `fetch` that the client uses: that of Node.js, of undici, or another one that returns the standard `Response`. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** What the client passes to `fetch`. */
export interface FetchInit {
  /** `GET`, `POST`, `PATCH` or `DELETE`. */
  method: string;
  /** One of them holds the API key. */
  headers: Record<string, string>;
  /** JSON, if the request has a body. */
  body?: string;
  /** Redirects must not be followed: the request carries the API key. */
  redirect: "manual";
  /** Aborted at the time limit and when the call is cancelled. */
  signal: AbortSignal;
}

/** What the client reads of a response. */
export interface FetchResponse {
  /** The HTTP status. */
  readonly status: number;
  /** The headers of the response. */
  readonly headers: {
    /** A header by its name in any letter case. */
    get(name: string): string | null;
  };
  /** A stream of the web or of Node.js. */
  readonly body?: unknown;
  /** The whole body. It is used if there is no stream. */
  arrayBuffer?(): Promise<ArrayBuffer>;
}

/** A request as the core wants it sent. */
export interface Sent {
  readonly method: string;
  readonly url: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: string | null;
  /** In milliseconds, for the whole attempt. `null`: no limit. */
  readonly timeLimit: number | null;
  readonly maxBytes: number;
}

export type Answer = { readonly status: number; readonly headers: string[]; readonly body: Uint8Array } | { readonly fault: Fault };

/** Sends a request. Never rejects, and leaves neither a timer nor a connection in use behind. */
export async function send(fetch: Fetch | undefined, sent: Sent, wanted: readonly string[], signal: AbortSignal | undefined): Promise<Answer> {
  if (signal?.aborted) return { fault: "cancelled" };
  const controller = new AbortController();
  let stop!: (answer: Answer) => void;
  const stopped = new Promise<Answer>((resolve) => (stop = resolve));
  const end = (fault: Fault) => {
    stop({ fault });
    controller.abort();
  };
  const cancel = () => end("cancelled");
  signal?.addEventListener("abort", cancel, { once: true });
  const disarm = sent.timeLimit === null ? undefined : host.limit(sent.timeLimit, () => end("timed_out"));
  try {
    const answered = exchange(fetch, sent, wanted, controller).catch((error: unknown): Answer => {
      controller.abort(); // what is left of the response, and its connection
      return { fault: faultOf(error) };
    });
    // A `fetch` that ignores the signal must not hold up the call.
    return await Promise.race([answered, stopped]);
  } finally {
    disarm?.();
    signal?.removeEventListener("abort", cancel);
  }
}

async function exchange(given: Fetch | undefined, sent: Sent, wanted: readonly string[], controller: AbortController): Promise<Answer> {
  const { signal } = controller;
  const dispatcher = given === undefined ? dispatcherOfFetch() : undefined;
  if (dispatcher !== undefined) return dispatch(dispatcher, sent, wanted, controller);
  const init: FetchInit = { method: sent.method, headers: recordOf(sent.headers), redirect: "manual", signal };
  if (sent.body !== null) init.body = sent.body;
  // Looked up for each request, since tools for tests replace it.
  const response = await (given === undefined ? (globalThis.fetch as unknown as Fetch)(sent.url, patient(init, sent.timeLimit)) : given(sent.url, init));
  if (!Number.isInteger(response.status)) throw new TypeError("fetch must return a Response");
  const found = wanted.flatMap((name) => {
    const value = response.headers.get(name);
    return value === null ? [] : [name, value];
  });
  return { status: response.status, headers: found, body: await read(response, sent.maxBytes) };
}

function recordOf(headers: readonly string[]): Record<string, string> {
  const record: Record<string, string> = {};
  for (let index = 0; index + 1 < headers.length; index += 2) define(record, headers[index]!, headers[index + 1]);
  return record;
}

/** Reads the body, in decoded bytes. Of one that exceeds the limit it returns enough for the core to see that. */
async function read(response: FetchResponse, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunksOf(response)) {
    const bytes = typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk;
    if (!ArrayBuffer.isView(bytes)) throw new TypeError("the body of the response is neither bytes nor text");
    length += bytes.length;
    chunks.push(bytes);
    if (length > maxBytes) break; // cancels the stream, and with it the connection
  }
  return concat(chunks);
}

/** The body as a stream of the web or of Node.js; a `fetch` for tests may have neither. */
async function* chunksOf(response: FetchResponse): AsyncGenerator<Uint8Array | string, void> {
  const { body } = response;
  if (typeof body === "object" && body !== null && Symbol.asyncIterator in body) yield* body as AsyncIterable<Uint8Array | string>;
  else if (body !== null && typeof response.arrayBuffer === "function") yield new Uint8Array(await response.arrayBuffer());
}

/** How long undici waits for a response by default, in milliseconds. */
const PATIENCE = 300_000;

/** Makes Node's `fetch` wait for as long as the call may take. Other platforms ignore the addition. */
function patient(init: FetchInit, timeLimit: number | null): FetchInit {
  if (timeLimit !== null && timeLimit < PATIENCE) return init;
  const dispatcher: Dispatcher = {
    dispatch: (options, handler) => globalDispatcher()!.dispatch({ ...options, headersTimeout: 0, bodyTimeout: 0 }, handler),
  };
  return { ...init, dispatcher } as FetchInit;
}
