<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Manage;

use Payvost\Webhooks\ApiException;
use Payvost\Webhooks\ConfigurationException;
use Payvost\Webhooks\Internal\Management;
use Payvost\Webhooks\Internal\ManageTypes;

/**
 * The webhooks of an account: `$payvost->webhooks`.
 *
 * Each method throws {@see ConfigurationException} if a parameter is invalid, before anything is sent, and {@see ApiException} if the
 * call fails. The last parameter of each method is for options of this call alone: `timeoutSeconds`, `deadlineSeconds`, `maxRetries`,
 * `idempotent`, `idempotencyKey`.
 *
 * @phpstan-type CallOptions array{
 *     timeoutSeconds?: int|float|null,
 *     deadlineSeconds?: int|float|null,
 *     maxRetries?: int|null,
 *     idempotent?: bool|null,
 *     idempotencyKey?: string|null
 * }
 *
 * @phpstan-import-type Webhook from ManageTypes
 * @phpstan-import-type CreatedWebhook from ManageTypes
 * @phpstan-import-type RotatedSecret from ManageTypes
 * @phpstan-import-type DeliveryAttempt from ManageTypes
 * @phpstan-import-type WebhooksCreateParams from ManageTypes
 * @phpstan-import-type WebhooksListParams from ManageTypes
 * @phpstan-import-type WebhooksUpdateParams from ManageTypes
 * @phpstan-import-type WebhooksTestParams from ManageTypes
 * @phpstan-import-type WebhooksGetLogsParams from ManageTypes
 */
final class Webhooks
{
    /** @internal */
    public function __construct(private Management $management)
    {
    }

    /**
     * Registers a webhook.
     *
     * ```php
     * $webhook = $payvost->webhooks->create(['url' => 'https://yourapp.com/webhooks/payvost', 'events' => ['payment.*']]);
     * ```
     *
     * @param array<string, mixed> $parameters `url`, `events`; `description`, `metadata`
     * @param array<string, mixed> $options
     *
     * @phpstan-param WebhooksCreateParams $parameters
     * @phpstan-param CallOptions $options
     *
     * @return array<string, mixed> the webhook with its `secret`, which no other response repeats
     *
     * @phpstan-return CreatedWebhook
     *
     * @throws ApiException
     * @throws ConfigurationException
     */
    public function create(array $parameters, array $options = []): array
    {
        return $this->management->call('webhooks.create', $parameters, $options);
    }

    /**
     * One page of the webhooks; all of them if you iterate over it.
     *
     * @param array<string, mixed> $parameters `limit` (1 to 100), `offset`
     * @param array<string, mixed> $options
     *
     * @phpstan-param WebhooksListParams $parameters
     * @phpstan-param CallOptions $options
     *
     * @return Page<array<string, mixed>>
     *
     * @phpstan-return Page<Webhook>
     *
     * @throws ApiException
     * @throws ConfigurationException
     */
    public function list(array $parameters = [], array $options = []): Page
    {
        return $this->management->page('webhooks.list', $parameters, $options);
    }

    /**
     * @param string $id such as `webhook_abc123`
     * @param array<string, mixed> $options
     *
     * @phpstan-param CallOptions $options
     *
     * @return array<string, mixed>
     *
     * @phpstan-return Webhook
     *
     * @throws ApiException
     * @throws ConfigurationException
     */
    public function get(mixed $id, array $options = []): array
    {
        return $this->management->call('webhooks.get', ['id' => $id], $options);
    }

    /**
     * Changes what is given. null clears `description` and `metadata`.
     *
     * @param string $id
     * @param array<string, mixed> $parameters any of `url`, `events`, `enabled`, `description`, `metadata`
     * @param array<string, mixed> $options
     *
     * @phpstan-param WebhooksUpdateParams $parameters
     * @phpstan-param CallOptions $options
     *
     * @return array<string, mixed> the changed webhook
     *
     * @phpstan-return Webhook
     *
     * @throws ApiException
     * @throws ConfigurationException
     */
    public function update(mixed $id, array $parameters, array $options = []): array
    {
        return $this->management->call('webhooks.update', ['id' => $id] + $parameters, $options);
    }

    /**
     * @param string $id
     * @param array<string, mixed> $options
     *
     * @phpstan-param CallOptions $options
     *
     * @return mixed what the response says about it, or null
     *
     * @throws ApiException
     * @throws ConfigurationException
     */
    public function delete(mixed $id, array $options = []): mixed
    {
        return $this->management->call('webhooks.delete', ['id' => $id], $options);
    }

    /**
     * Replaces the secret. Until the deliveries that the old one has signed are over, verify with both: see {@see Rotation}.
     *
     * @param string $id
     * @param array<string, mixed> $options
     *
     * @phpstan-param CallOptions $options
     *
     * @return array<string, mixed> with the new `secret`
     *
     * @phpstan-return RotatedSecret
     *
     * @throws ApiException
     * @throws ConfigurationException
     */
    public function rotateSecret(mixed $id, array $options = []): array
    {
        return $this->management->call('webhooks.rotateSecret', ['id' => $id], $options);
    }

    /**
     * Makes Payvost deliver a sample event to the webhook.
     *
     * @param string $id
     * @param array<string, mixed> $parameters `eventType`
     * @param array<string, mixed> $options
     *
     * @phpstan-param WebhooksTestParams $parameters
     * @phpstan-param CallOptions $options
     *
     * @return array<string, mixed> the delivery
     *
     * @phpstan-return DeliveryAttempt
     *
     * @throws ApiException
     * @throws ConfigurationException
     */
    public function test(mixed $id, array $parameters, array $options = []): array
    {
        return $this->management->call('webhooks.test', ['id' => $id] + $parameters, $options);
    }

    /**
     * One page of the deliveries to a webhook; all of them if you iterate over it.
     *
     * @param string $id
     * @param array<string, mixed> $parameters `limit` (1 to 100), `offset`, `status` (`failed`, `succeeded` or `pending`)
     * @param array<string, mixed> $options
     *
     * @phpstan-param WebhooksGetLogsParams $parameters
     * @phpstan-param CallOptions $options
     *
     * @return Page<array<string, mixed>>
     *
     * @phpstan-return Page<DeliveryAttempt>
     *
     * @throws ApiException
     * @throws ConfigurationException
     */
    public function getLogs(mixed $id, array $parameters = [], array $options = []): Page
    {
        return $this->management->page('webhooks.getLogs', ['id' => $id] + $parameters, $options);
    }
}
