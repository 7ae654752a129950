<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Stores;

use Payvost\Webhooks\ConfigurationException;
use Payvost\Webhooks\Internal\CallersTransaction;
use Payvost\Webhooks\Internal\Flushing;
use Payvost\Webhooks\Internal\Limits;
use Payvost\Webhooks\Internal\OrmConnections;
use Payvost\Webhooks\Internal\PdoClaims;
use Payvost\Webhooks\Internal\PdoWork;
use PDO;
use SensitiveParameter;

use function Payvost\Webhooks\Internal\refuseOption;

/**
 * Claims in a table of PostgreSQL, MySQL, MariaDB or SQLite, by PDO: the claim, the handler's own writes and the completion
 * are one transaction, so that they take effect once.
 *
 * The handler writes through `$claim->connection`, and must not commit or roll back.
 *
 * ```php
 * $router->on('payment.succeeded', function (array $event, Claim $claim): void {
 *     $pay = $claim->connection->prepare('UPDATE orders SET paid = true WHERE id = ?');
 *     $pay->execute([$event['data']['metadata']['orderId']]);
 * });
 * ```
 */
final class PdoInbox extends PdoClaims implements Inbox, Flushing
{
    /** @var array<string, PdoWork> the open transactions, by token */
    private array $open = [];

    private ?CallersTransaction $caller = null;

    /**
     * @param PDO|Transactions|callable(): PDO $connection a function that opens a connection, as for a {@see PdoStore}; or the
     *     transactions of an ORM, in which the handler then writes
     * @param bool $noteAttempts note each attempt in a short transaction before the handler's, so that an event whose workers
     *     all die leaves a dead letter
     *
     * The other options are those of a {@see PdoStore}.
     *
     * @throws ConfigurationException `invalid_option`
     */
    public function __construct(
        PDO|Transactions|callable $connection,
        int|float|null $leaseSeconds = null,
        int|float|null $rememberSeconds = null,
        ?string $prefix = null,
        bool $keepDeliveries = true,
        ?string $table = null,
        int|float $timeoutSeconds = Limits::DEFAULT_STORE_TIME_LIMIT_SECONDS,
        private bool $noteAttempts = true
    ) {
        $options = [$leaseSeconds, $rememberSeconds, $prefix, $keepDeliveries, $table, $timeoutSeconds];
        parent::__construct($connection, ...$options);
    }

    /**
     * Receives a delivery in a transaction that your own code begins and ends. The claim comes first in it, and is completed before
     * the commit. The response is known when your code has committed.
     *
     * ```php
     * $response = $inbox->within(
     *     fn (Closure $work) => DB::transaction($work),
     *     fn () => $receiver->receive($body, $signature),
     * );
     * ```
     *
     * The attempt is not noted before. If the claim or the handler fails, the argument of `$transaction` throws, so that your code
     * rolls back.
     *
     * @template T
     *
     * @param callable(\Closure(): void): mixed $transaction begins a transaction, calls its argument once and commits
     * @param callable(): T $deliver calls the receiver, once
     *
     * @return T
     *
     * @throws ConfigurationException `invalid_option`: this inbox was not made with {@see Transactions}
     */
    public function within(callable $transaction, callable $deliver): mixed
    {
        if (!$this->connections instanceof OrmConnections) {
            refuseOption('connection must be Transactions for within()', 'Pass new LaravelTransactions(…), for example.');
        }
        $this->caller = new CallersTransaction($this->connections->transactions);
        $this->connections->join($this->caller);
        try {
            return $this->caller->run($transaction(...), $deliver(...));
        } finally {
            $this->caller = null;
        }
    }

    public function claim(#[SensitiveParameter] ClaimRequest $request, string $token): array
    {
        $values = $this->claimValues($request, $token);
        $work = $this->work($request->isRetry ? 'enter_retry' : 'enter', $values, notesAttempts: $this->noteAttempts);
        try {
            $reply = $work->run();
        } catch (StoreException $error) {
            $this->caller?->doom();
            throw $error;
        }
        if ($work->connection() !== null) {
            $this->open[$token] = $work;
        }

        return $reply;
    }

    public function connection(string $token): ?PDO
    {
        return ($this->open[$token] ?? null)?->connection();
    }

    /** @internal */
    public function flush(): void
    {
        $this->connections instanceof OrmConnections && $this->connections->transactions->flush();
    }

    /**
     * Whether the transaction still holds the claim, which needs no extension: it ends with the transaction.
     */
    public function extend(string $key, string $token, int $milliseconds): bool
    {
        return $this->then($token, 'renew');
    }

    /**
     * Completes the claim and commits.
     *
     * @return bool|string true, or what the handler has done to the transaction: see {@see Inbox::complete()}
     */
    public function complete(string $key, string $token): bool|string
    {
        return $this->then($token, 'leave');
    }

    /**
     * Rolls back the handler's writes, and notes the failure in a transaction of its own.
     */
    public function release(string $key, string $token, string $error): bool
    {
        return $this->then($token, 'fail', ['error' => $error]);
    }

    /**
     * @param array<string, string> $values
     *
     * @throws StoreException
     */
    private function then(string $token, string $work, array $values = []): bool|string
    {
        $open = $this->open[$token] ?? null;
        if ($open === null) {
            return false;
        }
        $isOver = $work !== 'renew';
        try {
            $reply = $open->then($work, $this->timeoutSeconds, $values);
            // After the other replies, the failure must still be noted.
            $isOver = $work === 'fail' || ($work === 'leave' && in_array($reply, [true, 'completed', 'committed'], true));

            return $reply;
        } finally {
            if ($isOver) {
                unset($this->open[$token]);
            }
        }
    }
}
