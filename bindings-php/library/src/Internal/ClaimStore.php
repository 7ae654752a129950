<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Payvost\Webhooks\ClaimPolicy;
use Payvost\Webhooks\ConfigurationException;
use Payvost\Webhooks\Stores\ClaimRequest;
use Payvost\Webhooks\Stores\Store;
use SensitiveParameter;

/**
 * The base class of this library's stores.
 *
 * @internal
 */
abstract class ClaimStore implements Store
{
    private ClaimPolicy $policy;

    /**
     * @throws ConfigurationException `invalid_option`
     */
    protected function __construct(
        int|float|null $leaseSeconds,
        int|float|null $rememberSeconds,
        ?string $prefix,
        private bool $keepDeliveries,
        protected int|float $timeoutSeconds = Limits::DEFAULT_STORE_TIME_LIMIT_SECONDS
    ) {
        $this->policy = new ClaimPolicy($leaseSeconds, $rememberSeconds, $prefix);
        if (!is_finite($timeoutSeconds) || $timeoutSeconds <= 0) {
            refuseOption(
                'timeoutSeconds must be a positive number of seconds',
                'Payvost waits ' . Limits::ANSWER_TIME_LIMIT_SECONDS . ' s for the response: use less than that.'
            );
        }
    }

    final public function policy(): ClaimPolicy
    {
        return $this->policy;
    }

    /**
     * @return array{string, string}|array{null, null} the payload and the signature, if the store keeps deliveries
     */
    protected function kept(#[SensitiveParameter] ClaimRequest $request): array
    {
        return $this->keepDeliveries ? [$request->payload, $request->signature] : [null, null];
    }

    /**
     * @param list<string>|null $row
     *
     * @return array{payload: string, signature: string}|null
     */
    protected static function keptDelivery(#[SensitiveParameter] ?array $row): ?array
    {
        return $row === null ? null : ['payload' => $row[0], 'signature' => $row[1]];
    }

    /**
     * @param iterable<array{string, string, string, int|string, string|null, int|string}> $rows
     *
     * @return list<array{
     *     key: string,
     *     eventType: string,
     *     reason: 'failed'|'abandoned'|'parked',
     *     attempts: int,
     *     error: string|null,
     *     ageSeconds: float
     * }>
     */
    protected static function letters(iterable $rows): array
    {
        $letters = [];
        foreach ($rows as [$key, $eventType, $reason, $attempts, $error, $age]) {
            $letters[] = [
                'key' => $key,
                'eventType' => $eventType,
                'reason' => $reason,
                'attempts' => (int) $attempts,
                'error' => $error === '' ? null : $error,
                'ageSeconds' => $age / 1000,
            ];
        }

        return $letters;
    }
}
