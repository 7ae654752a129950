// Passes the record of a delivery to the host's logger. The core writes the record.

import { misuse } from "./errors.js";

/** The machine-readable part of a record: `code`, `event_id`, `event_type`, and more where they apply. */
export type WebhookLogFields = Record<string, string | number>;

/**
 * A logger for a {@link WebhookReceiver}: `console`, pino, winston, `fastify.log` and the like. It gets one call per delivery, with a line of
 * text and the fields of the record. If a handler failed, the text includes the stack.
 */
export interface WebhookLogger {
  /** An event was handled, now or before, or another worker is handling it. */
  info(line: string, fields?: WebhookLogFields): unknown;
  /** A delivery was rejected or incomplete, or a claim expired before its handler finished. */
  warn(line: string, fields?: WebhookLogFields): unknown;
  /** The configuration is invalid, a handler or the store failed, or two events have the same id. */
  error(line: string, fields?: WebhookLogFields): unknown;
}

/** The record of one delivery, as a logging function receives it. */
export interface WebhookLogRecord {
  /** The severity. */
  level: "info" | "warn" | "error";
  /** A constant sentence: use it to group records. */
  text: string;
  /** The sentence and the fields, in one line. */
  line: string;
  /** The machine-readable part: always `code`; `event_id` and `event_type` if the event is known. */
  fields: WebhookLogFields;
  /** The value that the handler threw, if it failed. Its properties may hold sensitive data. */
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
  throw misuse("logger must have the methods info, warn and error, or be a function", "Pass console, or a logger such as one from pino or winston.");
}

/** Wraps a hook of the host: if it fails, now or later, the response stays the same and the process goes on. */
export function guarded<Value>(hook: (value: Value) => unknown, failed: (error: unknown) => void = () => {}): (value: Value) => void {
  const call = async (value: Value) => {
    try {
      await hook(value);
    } catch (error) {
      failed(error);
    }
  };
  return (value) => void call(value);
}

function lineOf(record: WebhookLogRecord): string {
  if (!("exception" in record)) return record.line;
  try {
    return `${record.line}\n${trace(record.exception)}`;
  } catch {
    return record.line; // a getter or a proxy threw
  }
}

const MAX_CAUSES = 4;

/** The stacks of an error and its causes. Other properties are left out, and so is a thrown value that is not an error: it may be the event. */
function trace(error: any, depth = 0): string {
  const stack: string = typeof error?.stack === "string" ? error.stack : `a value of type ${typeof error} was thrown instead of an Error`;
  return error?.cause != null && depth < MAX_CAUSES ? `${stack}\ncaused by: ${trace(error.cause, depth + 1)}` : stack;
}
