// The time limit of a handler.

import { sleep } from "./sleep.js";

/** How long a handler may take to stop after its signal was aborted, in milliseconds. */
const TIME_TO_STOP = 100;

/** The reason of the abort. */
export class HandlerTimeoutError extends Error {
  override readonly name = "TimeoutError";
}

/** How a handler with a time limit ended. One that does not stop is abandoned: it goes on, and `running` settles with it. */
export type LimitedEnd = { readonly end?: "timed_out"; readonly error?: unknown } | { readonly end: "abandoned"; readonly error: unknown; readonly running: Promise<unknown> };

/** Calls a handler, and aborts its signal when it has taken so many seconds. What it throws before that is thrown. */
export async function withinLimit(seconds: number, call: (signal: AbortSignal) => unknown): Promise<LimitedEnd> {
  const controller = new AbortController();
  const running = (async () => call(controller.signal))();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => (timer = setTimeout(() => resolve("late"), seconds * 1000)));
  try {
    if ((await Promise.race([running, late])) !== "late") return {};
  } finally {
    clearTimeout(timer);
  }
  const error = new HandlerTimeoutError(`the handler took longer than ${seconds} s`);
  controller.abort(error);
  const stopped = running.then<LimitedEnd, LimitedEnd>(() => ({}), () => ({ end: "timed_out", error }));
  const abandoned = async (): Promise<LimitedEnd> => {
    await sleep(TIME_TO_STOP);
    return { end: "abandoned", error, running };
  };
  return Promise.race([stopped, abandoned()]);
}
