// How a delivery ended: the response and the record for the log. Both come from the core.

import { native } from "./native.js";
import type { Ending } from "./boundary.js";
import type { WebhookEvent } from "./events.js";
import type { WebhookLogRecord } from "./log.js";

export interface Outcome {
  readonly code: string;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly record: WebhookLogRecord;
}

const { parse } = JSON;

/** The usual endings by their numbers. */
const usual: ReturnType<typeof readUsual>[] = [];

/** @param thrown The value that the handler threw, if it failed. */
export function outcomeOf(ending: Ending, event: WebhookEvent | null, thrown: unknown): Outcome {
  if (typeof ending === "number") return (usual[ending] ??= readUsual(ending))(event);
  const outcome: Outcome = parse(ending);
  if (outcome.record.exception) outcome.record.exception = thrown;
  return outcome;
}

/** Reads an ending once. Deliveries that end so differ only in their events. */
function readUsual(number: number) {
  const { code, status, headers, body, record }: Outcome = parse(native.usualEnding(number));
  const { level, text, line, fields } = record;
  const [start = line, middle = "", end = ""] = line.split(/\{type\}|\{id\}/);
  return (event: WebhookEvent | null): Outcome => {
    const written = event ? start + event.type + middle + event.id + end : line;
    const named = event ? { ...fields, event_id: event.id, event_type: event.type } : { ...fields };
    return { code, status, headers: { ...headers }, body, record: { level, text, line: written, fields: named } };
  };
}
