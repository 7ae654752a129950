// The record of a delivery on its way to the user's logger. What it says is the core's.

import { misuse } from "./errors.js";

/** What a record says, for programs: `code`, `event_id`, `event_type`, and others where they apply. */
export type WebhookLogFields = Record<string, string | number>;

/**
 * What a {@link WebhookReceiver} logs to: `console`, pino, winston, `fastify.log` and the like. Each delivery is one call, with a line of text
 * and the fields of the record. When a handler has failed, its stack follows in the text.
 */
export interface WebhookLogger {
  /** An event was handled, now or before, or is being handled elsewhere. */
  info(line: string, fields?: WebhookLogFields): unknown;
  /** A delivery was refused or did not arrive to its end, or a claim had run out before its handler came to its end. */
  warn(line: string, fields?: WebhookLogFields): unknown;
  /** The receiver is set up wrongly, a handler or the store has failed, or two events have the same id. */
  error(line: string, fields?: WebhookLogFields): unknown;
}

/** What a function that logs is given, once for each delivery. */
export interface WebhookLogRecord {
  /** How much it matters. */
  level: "info" | "warn" | "error";
  /** A constant sentence, by which records can be grouped. */
  text: string;
  /** The sentence and what the fields say, in one line. */
  line: string;
  /** What programs read: `code` always, `event_id` and `event_type` where the event is known. */
  fields: WebhookLogFields;
  /** What the handler has thrown, when that is why it failed. Its properties may hold anything. */
  exception?: unknown;
}

/** Writes a record, and never fails. */
export type Log = (record: WebhookLogRecord) => void;

export function readLogger(logger: WebhookLogger | ((record: WebhookLogRecord) => unknown) | null | undefined): Log {
  // Any program should see what goes wrong; what goes well only a program that asks for it.
  if (logger == null) return guarded((record) => record.level !== "info" && console[record.level](lineOf(record)));
  if ((["info", "warn", "error"] as const).every((level) => typeof (logger as WebhookLogger)[level] === "function")) {
    return guarded((record) => (logger as WebhookLogger)[record.level](lineOf(record), record.fields));
  }
  if (typeof logger === "function") return guarded(logger);
  throw misuse("logger must have the methods info, warn and error, or be a function", "Pass console, or a logger of pino or winston.");
}

/** Calls a hook of the host. One that fails, at once or later, changes no answer and ends no process. */
export function guarded<Value>(hook: (value: Value) => unknown, failed: (error: unknown) => void = () => {}): (value: Value) => void {
  return async (value) => {
    try {
      await hook(value);
    } catch (error) {
      failed(error);
    }
  };
}

function lineOf(record: WebhookLogRecord): string {
  if (!("exception" in record)) return record.line;
  try {
    return `${record.line}\n${trace(record.exception)}`;
  } catch {
    return record.line; // a getter or a proxy refused
  }
}

const MAX_CAUSES = 4;

/** The stacks of an error and of its causes. Not its other properties, nor a value that is no error: it may be the event. */
function trace(error: any, depth = 0): string {
  const stack: string = typeof error?.stack === "string" ? error.stack : `a value of type ${typeof error} was thrown, which is no Error`;
  return error?.cause != null && depth < MAX_CAUSES ? `${stack}\ncaused by: ${trace(error.cause, depth + 1)}` : stack;
}
