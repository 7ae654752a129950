// Made by `make generate` from core/contract/api.toml: edit that file, not this one.

import type { OpenCode } from "../events.js";

/** The code of an `ApiError`. The provider can add codes at any time. */
export type ApiErrorCode = OpenCode<
  | "validation_error"
  | "authentication_error"
  | "authorization_error"
  | "not_found"
  | "rate_limit_exceeded"
  | "service_error"
  | "connection_failed"
  | "timed_out"
  | "outcome_unknown"
  | "unreadable_answer"
  | "cancelled"
>;

/** The parameters of `webhooks.create`. */
export interface WebhooksCreateParams {
  /** Where Payvost delivers the events. HTTPS in production. */
  url: string;
  /** The event types to deliver: types, families such as `payment.*`, or `*`. */
  events: readonly string[];
  /** A note for people. */
  description?: string | undefined;
  /** Names and values of your own. */
  metadata?: { [key: string]: string } | undefined;
}

/** The parameters of `webhooks.list`. */
export interface WebhooksListParams {
  /** How many webhooks a page holds. */
  limit?: number | undefined;
  /** How many webhooks to skip. */
  offset?: number | undefined;
}

/** The parameters of `webhooks.update`. */
export interface WebhooksUpdateParams {
  /** Where Payvost delivers the events. HTTPS in production. */
  url?: string | undefined;
  /** The event types to deliver: types, families such as `payment.*`, or `*`. */
  events?: readonly string[] | undefined;
  /** Whether Payvost delivers events to it. */
  enabled?: boolean | undefined;
  /** A note for people. Null removes it. */
  description?: string | null | undefined;
  /** Names and values of your own. Null removes them. */
  metadata?: { [key: string]: string } | null | undefined;
}

/** The parameters of `webhooks.test`. */
export interface WebhooksTestParams {
  /** The type of the test event. */
  eventType: string;
}

/** The parameters of `webhooks.getLogs`. */
export interface WebhooksGetLogsParams {
  /** How many deliveries a page holds. */
  limit?: number | undefined;
  /** How many deliveries to skip. */
  offset?: number | undefined;
  /** Only deliveries in this state. */
  status?: "failed" | "succeeded" | "pending" | undefined;
}

/** The parameters of `testing.triggerWebhook`. */
export interface TestingTriggerWebhookParams {
  /** The type of the event. */
  eventType: string;
  /** The event's data. Without it the documented sample. */
  data?: { [key: string]: unknown } | undefined;
}

/** The parameters of `testing.advanceTime`. */
export interface TestingAdvanceTimeParams {
  /** How many hours. */
  hours?: number | undefined;
  /** How many minutes. */
  minutes?: number | undefined;
  /** How many seconds. */
  seconds?: number | undefined;
}

/** A webhook: where Payvost delivers which events. */
export interface Webhook {
  /** Names the webhook. */
  id: string;
  /** Where Payvost delivers the events. */
  url: string;
  /** The event types that are delivered. */
  events: string[];
  /** Whether events are delivered. */
  enabled: boolean;
  /** A note for people. */
  description?: string | null;
  /** Names and values of your own. */
  metadata?: { [key: string]: string } | null;
  /** When it was created. */
  createdAt?: string;
  /** When it was last changed. */
  updatedAt?: string;
}

/** A webhook that was just created, with its secret. */
export interface CreatedWebhook {
  /** Names the webhook. */
  id: string;
  /** Where Payvost delivers the events. */
  url: string;
  /** The event types that are delivered. */
  events: string[];
  /** Whether events are delivered. */
  enabled: boolean;
  /** A note for people. */
  description?: string | null;
  /** Names and values of your own. */
  metadata?: { [key: string]: string } | null;
  /** When it was created. */
  createdAt?: string;
  /** When it was last changed. */
  updatedAt?: string;
  /** The secret of its signatures. No other answer shows it again. */
  secret: string;
}

/** The new secret of a webhook. */
export interface RotatedSecret {
  /** The webhook. */
  id?: string;
  /** The new secret. No other answer shows it again. */
  secret: string;
}

/** An attempt to deliver an event. */
export interface DeliveryAttempt {
  /** Names the attempt. */
  id?: string;
  /** The webhook. */
  webhookId?: string;
  /** The event. */
  event: DeliveryAttemptEvent;
  /** Which attempt it was, from 1. */
  attempt?: number;
  /** What became of it. */
  status: OpenCode<"failed" | "succeeded" | "pending">;
  /** The status code of the response. */
  responseCode?: number | null;
  /** The start of the body of the response. */
  responseBody?: string | null;
  /** Why no response came. */
  error?: string | null;
  /** How long it took, in milliseconds. */
  durationMs?: number | null;
  /** When it began. */
  attemptedAt?: string | null;
  /** When the next attempt is due. */
  nextAttemptAt?: string | null;
}

/** The event of a delivery. */
export interface DeliveryAttemptEvent {
  /** Names the event. */
  id?: string;
  /** The type of the event. */
  type: string;
}

/** The clock of a sandbox. */
export interface SandboxClock {
  /** The sandbox's present moment. */
  now?: string;
}
