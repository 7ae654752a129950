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
/** @param thrown The value that the handler threw, if it failed. */
export declare function outcomeOf(ending: Ending, event: WebhookEvent | null, thrown: unknown): Outcome;
