// A shorter way to where Node's `fetch` sends its requests. `fetch` itself takes twice as long as the whole call.

import type { Answer, Sent } from "./transport.js";

const DISPATCHER = Symbol.for("undici.globalDispatcher.1");

/** undici's dispatcher: the one of Node.js, or the one that the program has set with `setGlobalDispatcher`. */
export interface Dispatcher {
  dispatch(options: object, handler: object): boolean;
}

/** undici's versions, of Node.js 18 to 24, whose handlers have the methods that are used here. */
const VERSIONS: ReadonlySet<string | undefined> = new Set(["5", "6", "7"]);

export function globalDispatcher(): Dispatcher | undefined {
  return (globalThis as { [DISPATCHER]?: Dispatcher })[DISPATCHER];
}

/** How the `fetch` of Node.js begins. */
const OF_NODE = /^(async )?function fetch\(input, init = undefined\) \{/;

let checked: readonly [fetch: unknown, isOfNode: boolean] | undefined;

/**
 * The dispatcher, if `fetch` would use it: not where a test or a tool has replaced `fetch`, and not on other platforms. Node.js creates the
 * dispatcher when `fetch` is first used.
 */
export function dispatcherOfFetch(): Dispatcher | undefined {
  const { fetch } = globalThis;
  if (checked?.[0] !== fetch) checked = [fetch, isOfNode(fetch)];
  return checked[1] ? globalDispatcher() : undefined;
}

function isOfNode(fetch: unknown): boolean {
  return VERSIONS.has(globalThis.process?.versions?.["undici"]?.split(".")[0]) && typeof fetch === "function" && OF_NODE.test(Function.prototype.toString.call(fetch));
}

/** Sends a request, and reads the response up to the limit. Redirects are not followed. */
export function dispatch(dispatcher: Dispatcher, sent: Sent, wanted: readonly string[], controller: AbortController): Promise<Answer> {
  const { signal } = controller;
  const { origin, pathname, search } = new URL(sent.url);
  // The call has a time limit of its own. A body that is not compressed cannot grow.
  const headers = [...sent.headers, "Accept-Encoding", "identity"];
  const options = { origin, path: pathname + search, method: sent.method, headers, body: sent.body, headersTimeout: 0, bodyTimeout: 0 };
  return new Promise((resolve, reject) => {
    let [status, length] = [0, 0];
    const [found, chunks]: [string[], Uint8Array[]] = [[], []];
    const end = () => resolve({ status, headers: found, body: Buffer.concat(chunks, length) });
    dispatcher.dispatch(options, {
      onConnect(abort: () => void) {
        if (signal.aborted) abort();
        else signal.addEventListener("abort", () => abort(), { once: true });
      },
      onHeaders(code: number, raw: readonly Uint8Array[]) {
        status = code; // of the last one: informational responses come before it
        found.length = 0;
        for (let index = 0; index + 1 < raw.length; index += 2) {
          const [name, value] = [latin1(raw[index]).toLowerCase(), latin1(raw[index + 1])];
          if (wanted.includes(name)) found.push(name, value);
        }
        return true;
      },
      onData(chunk: Uint8Array) {
        if (length > sent.maxBytes) return false;
        length += chunk.length;
        chunks.push(chunk);
        if (length <= sent.maxBytes) return true;
        end();
        controller.abort();
        return false;
      },
      onComplete: end,
      onError: reject,
    });
  });
}

function latin1(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString("latin1");
}
