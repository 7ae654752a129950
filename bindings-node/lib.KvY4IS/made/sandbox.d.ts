import { Payvost } from "./manage/payvost.js";
import type { CreatedWebhook, DeliveryAttempt, WebhooksGetLogsParams, WebhooksUpdateParams } from "./manage/types.js";
declare global {
    interface SymbolConstructor {
        readonly asyncDispose: unique symbol;
    }
}
/** Options of {@link startSandbox}. `null` and `undefined` mean the default. */
export interface SandboxOptions {
    /** The program. Default: the environment variable `PAYVOST_WEBHOOKS_BIN`, or else `payvost-webhooks` on the path. */
    binary?: string | null | undefined;
    /** What goes wrong on the way, such as `duplicates` or `outage`. `payvost-webhooks sandbox --list-scenarios` lists them. Default: nothing. */
    scenarios?: readonly string[] | null | undefined;
    /** Other options of `payvost-webhooks sandbox`, such as `["--disable-after", "3600"]`. */
    args?: readonly string[] | null | undefined;
    /** How long the sandbox may take to start, in seconds. Default: 10. */
    timeoutSeconds?: number | null | undefined;
}
/** How the sandbox tells which events to send. */
export interface PublishOptions {
    /** The id of the event. Default: a new one. */
    id?: string | null | undefined;
    /** Fields of `data` that differ from the documented sample. */
    data?: Readonly<Record<string, unknown>> | null | undefined;
}
/** An event that the sandbox has accepted. */
export interface PublishedEvent {
    /** Its id. */
    id: string;
    /** Its type. */
    type: string;
}
/** Pairs of an event and an endpoint. `accepted` is always the sum of the other three. */
export interface SandboxTotals {
    /** All of them. */
    accepted: number;
    /** The receiver responded with a status of 2xx. */
    delivered: number;
    /** In flight, or waiting for the next attempt. */
    pending: number;
    /** No attempt succeeded, and no more will follow. */
    failed: number;
}
/** How far to move the clock. */
export interface SandboxTime {
    /** Hours. */
    hours?: number | undefined;
    /** Minutes. */
    minutes?: number | undefined;
    /** Seconds. */
    seconds?: number | undefined;
}
/**
 * Starts a Payvost of your own for a test: the program `payvost-webhooks sandbox`, on a free port, in memory, with a clock that stands still until
 * the test moves it. The sandbox ends with the process of the test, even if that crashes.
 *
 * @throws {ConfigurationError} `invalid_option`: the program is missing or did not start.
 *
 * @example
 * ```ts
 * await using sandbox = await startSandbox();
 * await sandbox.addEndpoint(`http://127.0.0.1:${port}/webhooks/payvost`);
 * await sandbox.publish("payment.succeeded");
 * await sandbox.advance({ minutes: 40 });
 * ```
 */
export declare function startSandbox(options?: SandboxOptions | null): Promise<Sandbox>;
/** A running sandbox, from {@link startSandbox}. */
export declare class Sandbox {
    /** Where its API listens. */
    readonly baseUrl: string;
    /** The key for its API. */
    readonly apiKey: string;
    /** The secret of each of its endpoints, until that is rotated. */
    readonly secret: string;
    /** A client of its API. */
    readonly payvost: Payvost;
    /** Registers a receiver. Without `events`, it gets them all. */
    addEndpoint(url: string | URL, events?: readonly string[]): Promise<CreatedWebhook>;
    /** Changes an endpoint: `{ enabled: false }`, for example. */
    updateEndpoint(id: string, changes: WebhooksUpdateParams): Promise<void>;
    /** Publishes an event to each endpoint that subscribes to its type. The delivery begins at once: to wait for it, call {@link settle}. */
    publish(eventType: string, { id, data }?: PublishOptions): Promise<PublishedEvent>;
    /** Moves the clock, and returns the new time when each attempt that became due has been answered. */
    advance(time: SandboxTime): Promise<Date>;
    /** Waits until each attempt that is due at the present moment has been answered. */
    settle(): Promise<void>;
    /** The time of the sandbox. */
    now(): Promise<Date>;
    /** Every attempt to deliver an event to an endpoint, oldest first. Without an id, to all endpoints from {@link addEndpoint}. */
    logs(endpointId?: string, { status }?: Pick<WebhooksGetLogsParams, "status">): Promise<DeliveryAttempt[]>;
    /** How many deliveries there are, and how they stand. */
    totals(): Promise<SandboxTotals>;
    /** Deletes all endpoints, events and attempts, and sets the clock to the present. */
    reset(): Promise<void>;
    /** Ends the sandbox. Deliveries in flight are cut off. */
    stop(): Promise<void>;
    /** The same as {@link stop}, for `await using`. */
    [Symbol.asyncDispose](): Promise<void>;
}
