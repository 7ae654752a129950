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
     * Made by receivers and by {@see LeaseStore::take()}.
     */
    public function __construct(
        private readonly Store $store,
        /** The key of the event in the store, such as `webhook:evt_1` */
        public readonly string $key,
        /** What shows that the claim is this worker's */
        public readonly string $token,
        /** How often the event has been claimed, this time included; null while it is not known */
        public readonly ?int $attempt = null,
        /** The inbox's connection, in whose transaction the handler writes; null with every other store */
        public readonly ?PDO $connection = null
    ) {
    }

    /**
     * Makes the claim hold for another lease from now: for a handler that takes longer.
     *
     * @param int|float|null $seconds 1 s to 24 h; null: the store's own lease
     *
     * @return bool false when another worker has taken over: stop, if there is still something to stop
     *
     * @throws ConfigurationException `invalid_option`
     * @throws StoreException the store cannot be reached
     */
    public function extend(int|float|null $seconds = null): bool
    {
        return $this->store->extend($this->key, $this->token, $this->store->policy()->leaseMilliseconds($seconds));
    }

    /**
     * Leaves the event to the worker of a queue: when the handler returns, the answer is 200, and it is that worker who
     * completes or releases the claim. When the handler throws after this, the claim is released as always.
     *
     * @param int|float|null $leaseSeconds for how long the claim is to hold from now: as long as the queue may take. null:
     *     as it is
     *
     * @return array{key: string, token: string} a ticket for {@see LeaseStore::take()}, to be put on the queue
     *
     * @throws ConfigurationException `invalid_option`
     * @throws StoreException an inbox cannot do this; another worker has taken over; the store cannot be reached
     */
    public function handOver(int|float|null $leaseSeconds = null): array
    {
        if ($this->store instanceof Inbox) {
            throw new StoreException('a claim of an inbox ends with its transaction: use a PdoStore to hand claims over');
        }
        if (strlen($this->token) > Limits::CLAIM_TOKEN_LENGTH) {
            throw new StoreException(
                'this claim was taken with a ticket and cannot be handed over again: release it, and put the job back on the'
                . ' queue with its ticket'
            );
        }
        if ($leaseSeconds !== null && !$this->extend($leaseSeconds)) {
            throw new StoreException('the claim is lost, because another worker has taken over: there is nothing to hand over');
        }
        $this->isHandedOver = true;

        return ['key' => $this->key, 'token' => $this->token];
    }

    /**
     * Whether the handler has handed it over.
     */
    public function isHandedOver(): bool
    {
        return $this->isHandedOver;
    }

    /**
     * Notes that the event is handled: for the worker of a queue. After a handler the receiver does it.
     *
     * @return bool false when another worker has taken over, and may have handled it as well
     *
     * @throws StoreException the store cannot be reached
     */
    public function complete(): bool
    {
        return $this->store->complete($this->key, $this->token) === true;
    }

    /**
     * Gives the event back, so that it is handled again: for the worker of a queue.
     *
     * @param Throwable|string $error what went wrong; only the name of its class is kept
     *
     * @return bool false when another worker has taken over
     *
     * @throws StoreException the store cannot be reached
     */
    public function release(Throwable|string $error): bool
    {
        $kind = is_string($error) ? $error : get_debug_type($error);

        return $this->store->release($this->key, $this->token, handlerError($kind));
    }
}
