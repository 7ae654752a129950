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
export declare function readLogger(logger: WebhookLogger | ((record: WebhookLogRecord) => unknown) | null | undefined): Log;
/** Wraps a hook of the host: if it fails, now or later, the response stays the same and the process goes on. */
export declare function guarded<Value>(hook: (value: Value) => unknown, failed?: (error: unknown) => void): (value: Value) => void;
