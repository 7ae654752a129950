<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Closure;
use PDO;
use Payvost\Webhooks\ConfigurationException;
use Payvost\Webhooks\Stores\ClaimRequest;
use Payvost\Webhooks\Stores\StoreException;
use SensitiveParameter;
use Throwable;

/**
 * What the two ways to keep claims in a table have in common.
 *
 * @internal
 */
abstract class PdoClaims extends ClaimStore
{
    protected Connections $connections;

    protected Sql $sql;

    /**
     * @param PDO|callable(): PDO $connection a connection, or better what makes one: it is called when a delivery comes,
     *     so that a server that cannot be reached is answered with 503; and again after a failure
     * @param int|float|null $leaseSeconds how long a claim holds: 1 s to 24 h. null: 60 s
     * @param int|float|null $rememberSeconds for how long an event is remembered: 5765 s to ten years. null: 24 h
     * @param string|null $prefix what the keys begin with. null: `webhook`
     * @param bool $keepDeliveries keep the body and the signature of an event until it is handled, so that it can be
     *     handled again: customer data at rest
     * @param string|null $table the name of the table, with or without a schema. null: `payvost_webhook_claims`
     *
     * @throws ConfigurationException `invalid_option`
     */
    public function __construct(
        PDO|callable $connection,
        int|float|null $leaseSeconds = null,
        int|float|null $rememberSeconds = null,
        ?string $prefix = null,
        bool $keepDeliveries = true,
        ?string $table = null
    ) {
        parent::__construct($leaseSeconds, $rememberSeconds, $prefix, $keepDeliveries);
        $this->connections = new Connections($connection);
        $this->sql = new Sql($table);
    }

    public function delivery(string $key): ?array
    {
        $kept = $this->reading('delivery', ['key' => $key])[0] ?? null;

        return $kept === null ? null : array_combine(['payload', 'signature'], $kept);
    }

    public function deadLetters(int $limit = 100): array
    {
        return self::letters($this->reading('dead_letters', ['limit' => $limit]));
    }

    /**
     * Makes the table and its indexes, unless they exist.
     *
     * @throws StoreException
     */
    public function createTable(): void
    {
        $this->step($this->sql->createTable(...));
    }

    /**
     * Deletes rows whose time is over, in batches so that no lock is held for long. To be called now and then: nothing
     * else makes the table smaller.
     *
     * @return int how many were deleted
     *
     * @throws StoreException
     */
    public function forget(int $batch = 1000): int
    {
        $deleted = 0;
        do {
            $changed = $this->step(fn (PDO $on): int => $this->sql->run($on, 'forget', ['limit' => $batch])[1]);
            $deleted += $changed;
        } while ($changed >= max(1, $batch));

        return $deleted;
    }

    /**
     * A short transaction of its own.
     *
     * @template T
     *
     * @param Closure(PDO): T $step
     *
     * @return T
     *
     * @throws StoreException
     */
    protected function step(Closure $step): mixed
    {
        try {
            $connection = $this->connections->take();
            $alone = fn (): mixed => $this->sql->alone($connection, static fn (): mixed => $step($connection));
            $result = Sql::withExceptions($connection, $alone);
        } catch (Throwable $error) {
            throw StoreException::causedBy($error);
        }
        $this->connections->giveBack($connection);

        return $result;
    }

    /**
     * @return array<string, string|int|null> what to bind for a claim
     */
    protected function claimValues(#[SensitiveParameter] ClaimRequest $request, string $token): array
    {
        [$payload, $signature] = $this->kept($request);
        $policy = $this->policy();

        return [
            'key' => $request->key,
            'fingerprint' => $request->fingerprint,
            'token' => $token,
            'lease' => $policy->leaseMilliseconds(),
            'remember' => $policy->rememberMilliseconds(),
            'event_type' => $request->eventType,
            'payload' => $payload,
            'signature' => $signature,
        ];
    }

    /**
     * @return array<string, string|int> what to bind for completing and releasing
     */
    protected function endValues(string $key, string $token, string $error = ''): array
    {
        return [
            'key' => $key,
            'token' => $token,
            'remember' => $this->policy()->rememberMilliseconds(),
            'error' => $error,
        ];
    }

    /**
     * @param array<string, string|int|null> $values
     *
     * @return list<list<mixed>>
     */
    private function reading(string $name, array $values): array
    {
        return $this->step(fn (PDO $connection): array => $this->sql->run($connection, $name, $values)[0]);
    }
}
