import type { Arrived, Ending, NativeDelivery } from "./boundary.js";
import type { WebhookEvent } from "./events.js";
import { type WebhookRouter } from "./router.js";
import type { Claims } from "./stores/claims.js";
export declare class Course {
    event: WebhookEvent | null;
    matchingSecret: number | null;
    /** The value that the handler threw. */
    thrown: unknown;
    /** Takes every step. Returns how the delivery ended; `undefined` if nothing is stored under the key of a retry. */
    take(delivery: NativeDelivery, first: Arrived | Promise<Arrived>, router: WebhookRouter, claims?: Claims, seconds?: number | null): Promise<Ending | undefined>;
}
