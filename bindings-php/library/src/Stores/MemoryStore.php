<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Stores;

use Closure;
use Countable;
use Payvost\Webhooks\ConfigurationException;
use Payvost\Webhooks\Internal\ClaimStore;
use Payvost\Webhooks\Internal\LeasedClaims;
use Payvost\Webhooks\Internal\Limits;
use Payvost\Webhooks\Internal\MemoryClaims;
use SensitiveParameter;

/**
 * Claims in the memory of this object: for tests, and for a server that is a single process of PHP (ReactPHP, FrankenPHP
 * or RoadRunner with one worker).
 *
 * Under php-fpm and Apache it is useless, because each request has its own memory. Several processes need a
 * {@see RedisStore} or a {@see PdoStore}.
 *
 * Memory is bounded: at capacity, a new event replaces the one that would be forgotten first and is not being handled.
 */
final class MemoryStore extends ClaimStore implements Countable, LeaseStore
{
    use LeasedClaims;

    private MemoryClaims $claims;

    private ?Closure $clock;

    /**
     * @param int            $capacity        the number of events that are remembered at most
     * @param int|float|null $leaseSeconds    how long a claim holds: 1 s to 24 h. null: 60 s
     * @param int|float|null $rememberSeconds how long an event is remembered: 5765 s to ten years. null: 24 h
     * @param string|null    $prefix          what the keys begin with. null: `webhook`
     * @param bool           $keepDeliveries  keep the body and the signature of an event until it is handled, so that it
     *                                        can be handled again: up to 64 MiB of customer data
     * @param (callable(): (int|float))|null $clock for tests: returns the time in seconds by which claims end and events
     *                                        are forgotten. null: the system's clock
     *
     * @throws ConfigurationException `invalid_option`
     */
    public function __construct(
        int $capacity = Limits::DEFAULT_CAPACITY,
        int|float|null $leaseSeconds = null,
        int|float|null $rememberSeconds = null,
        ?string $prefix = null,
        bool $keepDeliveries = true,
        ?callable $clock = null
    ) {
        parent::__construct($leaseSeconds, $rememberSeconds, $prefix, $keepDeliveries);
        $this->claims = new MemoryClaims($capacity);
        $this->clock = $clock === null ? null : $clock(...);
    }

    /** A copy would share its claims with the original. */
    private function __clone()
    {
    }

    public function claim(#[SensitiveParameter] ClaimRequest $request, string $token): array
    {
        $of = [$request->key, $request->fingerprint, $request->eventType];

        return $this->claims()->claim($this->policy(), ...$of, ...[$token, ...$this->kept($request)])
            ?? throw StoreException::misuse('STORE_FULL', 'capacity is smaller than the number of running handlers: raise it');
    }

    public function extend(string $key, string $token, int $milliseconds): bool
    {
        return $this->claims()->extend($key, $token, $milliseconds);
    }

    public function complete(string $key, string $token): bool
    {
        return $this->claims()->complete($this->policy(), $key, $token);
    }

    public function release(string $key, string $token, string $error): bool
    {
        return $this->claims()->release($this->policy(), $key, $token, $error);
    }

    public function delivery(string $key): ?array
    {
        return self::keptDelivery($this->claims()->delivery($key));
    }

    public function deadLetters(int $limit = Limits::DEFAULT_DEAD_LETTERS): array
    {
        return self::letters($this->claims()->deadLetters($limit));
    }

    public function discard(string $key): bool
    {
        return $this->claims()->discard($this->policy(), $key);
    }

    /** The number of events that are remembered. */
    public function count(): int
    {
        return $this->claims()->count();
    }

    private function takeOver(string $key, string $ticket, string $token): array
    {
        return $this->claims()->take($this->policy(), $key, $ticket, $token);
    }

    private function claims(): MemoryClaims
    {
        if ($this->clock !== null) {
            $this->claims->setTime((int) (1000 * ($this->clock)()));
        }

        return $this->claims;
    }
}
