import type { OpenCode } from "../events.js";
/** The code of an `ApiError`. The provider can add codes at any time. */
export type ApiErrorCode = OpenCode<"validation_error" | "authentication_error" | "authorization_error" | "not_found" | "rate_limit_exceeded" | "service_error" | "connection_failed" | "timed_out" | "outcome_unknown" | "unreadable_answer" | "cancelled">;
/** The parameters of `webhooks.create`. */
export interface WebhooksCreateParams {
    /** Where Payvost delivers the events. HTTPS in production. */
    url: string;
    /** The events to deliver: types, families such as `payment.*`, or `*` for all. */
    events: readonly string[];
    /** A note for your team. */
    description?: string | undefined;
    /** Your own names and values. */
    metadata?: {
        [key: string]: string;
    } | undefined;
}
/** The parameters of `webhooks.list`. */
export interface WebhooksListParams {
    /** The number of webhooks per page. */
    limit?: number | undefined;
    /** The number of webhooks to skip. */
    offset?: number | undefined;
}
/** The parameters of `webhooks.update`. */
export interface WebhooksUpdateParams {
    /** Where Payvost delivers the events. HTTPS in production. */
    url?: string | undefined;
    /** The events to deliver: types, families such as `payment.*`, or `*` for all. */
    events?: readonly string[] | undefined;
    /** Whether Payvost delivers events to the webhook. */
    enabled?: boolean | undefined;
    /** A note for your team. Null removes it. */
    description?: string | null | undefined;
    /** Your own names and values. Null removes them. */
    metadata?: {
        [key: string]: string;
    } | null | undefined;
}
/** The parameters of `webhooks.test`. */
export interface WebhooksTestParams {
    /** The type of the test event. */
    eventType: string;
}
/** The parameters of `webhooks.getLogs`. */
export interface WebhooksGetLogsParams {
    /** The number of deliveries per page. */
    limit?: number | undefined;
    /** The number of deliveries to skip. */
    offset?: number | undefined;
    /** Only deliveries in this state. */
    status?: "failed" | "succeeded" | "pending" | undefined;
}
/** The parameters of `testing.triggerWebhook`. */
export interface TestingTriggerWebhookParams {
    /** The type of the event. */
    eventType: string;
    /** The data of the event. Default: the documented sample. */
    data?: {
        [key: string]: unknown;
    } | undefined;
}
/** The parameters of `testing.advanceTime`. */
export interface TestingAdvanceTimeParams {
    /** The number of hours. */
    hours?: number | undefined;
    /** The number of minutes. */
    minutes?: number | undefined;
    /** The number of seconds. */
    seconds?: number | undefined;
}
/** A webhook: a URL, and the events that Payvost delivers to it. */
export interface Webhook {
    /** The id of the webhook. */
    id: string;
    /** Where Payvost delivers the events. */
    url: string;
    /** The events to deliver: types, families such as `payment.*`, or `*` for all. */
    events: string[];
    /** Whether Payvost delivers events to the webhook. */
    enabled: boolean;
    /** A note for your team. */
    description?: string | null;
    /** Your own names and values. */
    metadata?: {
        [key: string]: string;
    } | null;
    /** When the webhook was created. */
    createdAt?: string;
    /** When the webhook was last changed. */
    updatedAt?: string;
}
/** A new webhook, with its secret. */
export interface CreatedWebhook {
    /** The id of the webhook. */
    id: string;
    /** Where Payvost delivers the events. */
    url: string;
    /** The events to deliver: types, families such as `payment.*`, or `*` for all. */
    events: string[];
    /** Whether Payvost delivers events to the webhook. */
    enabled: boolean;
    /** A note for your team. */
    description?: string | null;
    /** Your own names and values. */
    metadata?: {
        [key: string]: string;
    } | null;
    /** When the webhook was created. */
    createdAt?: string;
    /** When the webhook was last changed. */
    updatedAt?: string;
    /** The secret that signs the events. It is not shown again. */
    secret: string;
}
/** The new secret of a webhook. */
export interface RotatedSecret {
    /** The id of the webhook. */
    id?: string;
    /** The new secret. It is not shown again. */
    secret: string;
}
/** An attempt to deliver an event. */
export interface DeliveryAttempt {
    /** The id of the attempt. */
    id?: string;
    /** The id of the webhook. */
    webhookId?: string;
    /** The event. */
    event: DeliveryAttemptEvent;
    /** The number of the attempt, from 1. */
    attempt?: number;
    /** The state of the delivery. */
    status: OpenCode<"failed" | "succeeded" | "pending">;
    /** The status code of the response. */
    responseCode?: number | null;
    /** The start of the response body. */
    responseBody?: string | null;
    /** Why there was no response. */
    error?: string | null;
    /** The duration of the attempt, in milliseconds. */
    durationMs?: number | null;
    /** When the attempt began. */
    attemptedAt?: string | null;
    /** When the next attempt is due. */
    nextAttemptAt?: string | null;
}
/** The event that was delivered. */
export interface DeliveryAttemptEvent {
    /** The id of the event. */
    id?: string;
    /** The type of the event. */
    type: string;
}
/** The clock of a sandbox. */
export interface SandboxClock {
    /** The current time in the sandbox. */
    now?: string;
}
