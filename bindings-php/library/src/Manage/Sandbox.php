<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Manage;

use Payvost\Webhooks\ApiException;
use Payvost\Webhooks\ConfigurationException;
use Payvost\Webhooks\Internal\Management;
use Payvost\Webhooks\Internal\ManageTypes;

/**
 * The test tools of a sandbox: `$payvost->testing`. With a live key, every method throws {@see ConfigurationException}.
 *
 * @phpstan-import-type CallOptions from Webhooks
 * @phpstan-import-type DeliveryAttempt from ManageTypes
 * @phpstan-import-type SandboxClock from ManageTypes
 * @phpstan-import-type TestingTriggerWebhookParams from ManageTypes
 * @phpstan-import-type TestingAdvanceTimeParams from ManageTypes
 */
final class Sandbox
{
    /** @internal */
    public function __construct(private Management $management)
    {
    }

    /**
     * Delivers an event to a webhook.
     *
     * @param string $id
     * @param array<string, mixed> $parameters `eventType`; `data`
     * @param array<string, mixed> $options
     *
     * @phpstan-param TestingTriggerWebhookParams $parameters
     * @phpstan-param CallOptions $options
     *
     * @return array<string, mixed> the delivery
     *
     * @phpstan-return DeliveryAttempt
     *
     * @throws ApiException
     * @throws ConfigurationException
     */
    public function triggerWebhook(mixed $id, array $parameters, array $options = []): array
    {
        return $this->management->call('testing.triggerWebhook', ['id' => $id] + $parameters, $options);
    }

    /**
     * Advances the sandbox's clock, so that retries are due at once.
     *
     * @param array<string, mixed> $parameters any of `hours`, `minutes`, `seconds`
     * @param array<string, mixed> $options
     *
     * @phpstan-param TestingAdvanceTimeParams $parameters
     * @phpstan-param CallOptions $options
     *
     * @return mixed the sandbox's time, if the response has it
     *
     * @phpstan-return SandboxClock|null
     *
     * @throws ApiException
     * @throws ConfigurationException
     */
    public function advanceTime(array $parameters, array $options = []): mixed
    {
        return $this->management->call('testing.advanceTime', $parameters, $options);
    }

    /**
     * Sets the sandbox's clock to the present.
     *
     * @param array<string, mixed> $options
     *
     * @phpstan-param CallOptions $options
     *
     * @return mixed the sandbox's time, if the response has it
     *
     * @phpstan-return SandboxClock|null
     *
     * @throws ApiException
     * @throws ConfigurationException
     */
    public function resetTime(array $options = []): mixed
    {
        return $this->management->call('testing.resetTime', [], $options);
    }

    /**
     * Deletes everything in the sandbox.
     *
     * @param array<string, mixed> $options
     *
     * @phpstan-param CallOptions $options
     *
     * @return mixed what the response says about it, or null
     *
     * @throws ApiException
     * @throws ConfigurationException
     */
    public function resetAllData(array $options = []): mixed
    {
        return $this->management->call('testing.resetAllData', [], $options);
    }
}
