// A record is one text without placeholders: console, pino, winston and the rest take that alike. It names the event by `id` and
// `type`, and says nothing else of what came.

import { misuse, type WebhookError } from "./errors.js";
import type { WebhookEvent } from "./events.js";
import { kindOf } from "./stores/kind.js";

type Level = "info" | "warn" | "error";

const LEVELS: readonly Level[] = ["info", "warn", "error"];

/** What a {@link WebhookReceiver} logs to: `console`, pino, winston, `fastify.log` and the like. */
export interface WebhookLogger {
  /** An event was handled, now or before, or is being handled elsewhere; or its sender went away. */
  info(text: string): unknown;
  /** A delivery was refused, or a claim had run out before its handler came to its end. */
  warn(text: string): unknown;
  /** The receiver is set up wrongly, a handler or the store has failed, or two events have the same id. */
  error(text: string): unknown;
}

/** What is wrong is worth a line in any program; what went well only when asked for. */
const DEFAULT: WebhookLogger = {
  info() {},
  warn: (text) => console.warn(text),
  error: (text) => console.error(text),
};

const MAX_CAUSES = 4;

export function readLogger(logger: WebhookLogger | null | undefined): WebhookLogger {
  if (logger == null) return DEFAULT;
  if (LEVELS.every((level) => typeof logger[level] === "function")) return logger;
  throw misuse("the logger lacks a method", "A logger has the methods info, warn and error, as console, pino and winston have.");
}

/** What is told of an outcome that is no failure, by its code. */
const OUTCOMES: Record<string, readonly [Level, string]> = {
  handled: ["info", "webhook handled"],
  already_handled: ["info", "webhook already handled (already_handled)"],
  handed_over: ["info", "webhook handed over (handed_over)"],
  claim_lost: ["warn", "webhook handled too late (claim_lost): its claim had run out, and another worker may have handled it as well"],
  in_progress: ["info", "webhook in progress elsewhere (in_progress)"],
  event_conflict: ["error", "webhook conflict (event_conflict): another event with this id and another body was received before"],
};

export function ended(logger: WebhookLogger, code: string, event: WebhookEvent): void {
  const [level, text] = OUTCOMES[code] ?? [];
  if (level !== undefined) write(logger, level, () => `${text}: ${name(event)}`);
}

/** The kind of the failure alone: the message of a client may hold an address with a password. */
export function storeFailed(logger: WebhookLogger, step: string, event: WebhookEvent | null, error: unknown): void {
  write(logger, "error", () => `webhook store failed at ${step} (store_unavailable): ${kindOf(error)}: ${event ? name(event) : "no event"}`);
}

export function lost(logger: WebhookLogger, event: WebhookEvent): void {
  write(logger, "warn", () => `webhook not given back: its claim had run out: ${name(event)}`);
}

export function refused(logger: WebhookLogger, { code, message, hint, offset, pointer, name: type }: WebhookError): void {
  const place = offset !== null ? ` (byte ${offset})` : pointer !== null ? ` (field "${pointer}")` : "";
  write(logger, type === "ConfigurationError" ? "error" : "warn", () => `webhook refused: ${code}: ${message}${place}. ${hint}`);
}

export function failed(logger: WebhookLogger, event: WebhookEvent | null, error: unknown): void {
  write(logger, "error", () => `webhook handler failed: ${event ? name(event) : "before it ran"}\n${trace(error)}`);
}

export function hookFailed(logger: WebhookLogger, error: unknown): void {
  write(logger, "error", () => `onResult failed\n${trace(error)}`);
}

export function gone(logger: WebhookLogger): void {
  write(logger, "info", () => "webhook not received: the sender went away before the end of the body");
}

/** A type can have line breaks in it; the log must not. */
function name({ id, type }: WebhookEvent): string {
  return `${JSON.stringify(type)} ${JSON.stringify(id)}`;
}

/** The stacks of an error and of its causes. Not its other properties, nor a value that is no error: it may be the event. */
function trace(error: any, depth = 0): string {
  const stack: string = typeof error?.stack === "string" ? error.stack : `a value of type ${typeof error} was thrown, which is no Error`;
  return error?.cause != null && depth < MAX_CAUSES ? `${stack}\ncaused by: ${trace(error.cause, depth + 1)}` : stack;
}

/** A log that cannot be written to, or an error that cannot be read, changes no answer. */
function write(logger: WebhookLogger, level: Level, text: () => string): void {
  try {
    logger[level](text());
  } catch {
    // There is no other place to tell it.
  }
}
