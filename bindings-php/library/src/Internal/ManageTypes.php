<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

/**
 * The parameters and responses of the management API, for static analysis. At run time, they are plain arrays.
 *
 * Made by `make generate` from core/contract/api.toml: edit that file, not this one.
 *
 * @internal
 *
 * @phpstan-type Webhook array{id: string, url: string, events: list<string>, enabled: bool, description?: string|null, metadata?: array<string, string>|null, createdAt?: string, updatedAt?: string, ...}
 * @phpstan-type CreatedWebhook array{id: string, url: string, events: list<string>, enabled: bool, description?: string|null, metadata?: array<string, string>|null, createdAt?: string, updatedAt?: string, secret: string, ...}
 * @phpstan-type RotatedSecret array{id?: string, secret: string, ...}
 * @phpstan-type DeliveryAttemptEvent array{id?: string, type: string, ...}
 * @phpstan-type SandboxClock array{now?: string, ...}
 * @phpstan-type DeliveryAttempt array{id?: string, webhookId?: string, event: DeliveryAttemptEvent, attempt?: int, status: string, responseCode?: int|null, responseBody?: string|null, error?: string|null, durationMs?: int|null, attemptedAt?: string|null, nextAttemptAt?: string|null, ...}
 * @phpstan-type WebhooksCreateParams array{url: string, events: list<string>, description?: string|null, metadata?: array<string, string>|null}
 * @phpstan-type WebhooksListParams array{limit?: int<1, 100>|null, offset?: int<0, max>|null}
 * @phpstan-type WebhooksUpdateParams array{url?: string|null, events?: list<string>|null, enabled?: bool|null, description?: string|null, metadata?: array<string, string>|null}
 * @phpstan-type WebhooksTestParams array{eventType: string}
 * @phpstan-type WebhooksGetLogsParams array{limit?: int<1, 100>|null, offset?: int<0, max>|null, status?: 'failed'|'succeeded'|'pending'|null}
 * @phpstan-type TestingTriggerWebhookParams array{eventType: string, data?: array<string, mixed>|null}
 * @phpstan-type TestingAdvanceTimeParams array{hours?: int<0, max>|null, minutes?: int<0, max>|null, seconds?: int<0, max>|null}
 */
final class ManageTypes
{
}
