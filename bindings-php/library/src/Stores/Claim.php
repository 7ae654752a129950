<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Stores;

use PDO;
use Payvost\Webhooks\ConfigurationException;
use Payvost\Webhooks\Internal\Limits;
use Throwable;

use function Payvost\Webhooks\Internal\handlerError;

/**
 * A worker's claim to an event: the second argument of a handler.
 *
 * ```php
 * $router->on('payment.succeeded', function (array $event, Claim $claim) use ($queue): void {
 *     $queue->push(['event' => $event, 'ticket' => $claim->handOver(leaseSeconds: 600)]);
 * });
 * ```
 */
final class Claim
{
    private bool $isHandedOver = false;

    /**
     * Receivers and {@see LeaseStore::take()} make claims.
     */
    public function __construct(
        private readonly Store $store,
        /** The key of the event in the store, such as `webhook:evt_1` */
        public readonly string $key,
        /** Proves that the claim belongs to this worker */
        public readonly string $token,
        /** How many times the event has been claimed, including this time; null if unknown */
        public readonly ?int $attempt = null,
        /** The inbox's connection, in whose transaction the handler writes; null with other stores */
        public readonly ?PDO $connection = null
    ) {
    }

    /**
     * Extends the claim by another lease from now, for a handler that takes longer.
     *
     * @param int|float|null $seconds 1 s to 24 h; null: the store's own lease
     *
     * @return bool false if another worker has taken over: stop, if you still can
     *
     * @throws ConfigurationException `invalid_option`
     * @throws StoreException the store cannot be reached
     */
    public function extend(int|float|null $seconds = null): bool
    {
        return $this->store->extend($this->key, $this->token, $this->store->policy()->leaseMilliseconds($seconds));
    }

    /**
     * Leaves the event to a queue's worker: when the handler returns, the response is 200, and the worker completes or releases
     * the claim. If the handler throws after this, the claim is released as usual.
     *
     * @param int|float|null $leaseSeconds how long the claim holds from now: as long as the queue may take. null: its lease is
     *     unchanged
     *
     * @return array{key: string, token: string} a ticket for {@see LeaseStore::take()}, to be put on the queue
     *
     * @throws ConfigurationException `invalid_option`
     * @throws StoreException an inbox cannot do this; another worker has taken over; the store cannot be reached
     */
    public function handOver(int|float|null $leaseSeconds = null): array
    {
        if ($this->store instanceof Inbox) {
            throw new StoreException(
                'a claim of an inbox ends with its transaction and cannot be handed over: use a PdoStore or a RedisStore'
            );
        }
        if (strlen($this->token) > Limits::CLAIM_TOKEN_LENGTH) {
            throw new StoreException(
                'this claim was taken with a ticket and cannot be handed over again: release it, and put the job back on the'
                . ' queue with its ticket'
            );
        }
        if ($leaseSeconds !== null && !$this->extend($leaseSeconds)) {
            throw new StoreException(
                "another worker has taken over, so this claim cannot be handed over: raise the store's leaseSeconds"
            );
        }
        $this->isHandedOver = true;

        return ['key' => $this->key, 'token' => $this->token];
    }

    /**
     * Whether the handler has handed the claim over.
     */
    public function isHandedOver(): bool
    {
        return $this->isHandedOver;
    }

    /**
     * Completes the claim: the event is handled. For a queue's worker; after a handler, the receiver does it.
     *
     * @return bool false if another worker has taken over, and may have handled the event too
     *
     * @throws StoreException the store cannot be reached
     */
    public function complete(): bool
    {
        return $this->store->complete($this->key, $this->token) === true;
    }

    /**
     * Releases the claim, so that the event is handled again. For a queue's worker.
     *
     * @param Throwable|string $error what went wrong; only the name of its class is kept
     *
     * @return bool false if another worker has taken over
     *
     * @throws StoreException the store cannot be reached
     */
    public function release(Throwable|string $error): bool
    {
        $kind = is_string($error) ? $error : get_debug_type($error);

        return $this->store->release($this->key, $this->token, handlerError($kind));
    }
}
