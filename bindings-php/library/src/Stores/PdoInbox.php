<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Stores;

use PDO;
use Payvost\Webhooks\Internal\PdoClaims;
use Payvost\Webhooks\Internal\Sql;
use SensitiveParameter;
use Throwable;

use function Payvost\Webhooks\Internal\claimReply;

/**
 * Claims in a table of PostgreSQL, MySQL, MariaDB or SQLite, by PDO: the claim, what the handler writes, and that the
 * event is handled share one transaction, so that the effect is once.
 *
 * The handler writes by `$claim->connection`, and neither commits nor rolls back.
 *
 * ```php
 * $router->on('payment.succeeded', function (array $event, Claim $claim): void {
 *     $pay = $claim->connection->prepare('UPDATE orders SET paid = true WHERE id = ?');
 *     $pay->execute([$event['data']['metadata']['orderId']]);
 * });
 * ```
 */
final class PdoInbox extends PdoClaims implements Inbox
{
    /** @var array<string, array{PDO, ClaimRequest}> by token: what handlers are at work in */
    private array $open = [];

    public function claim(#[SensitiveParameter] ClaimRequest $request, string $token): array
    {
        try {
            $connection = $this->connections->take();
            $reply = Sql::withExceptions($connection, fn (): array => $this->enter($connection, $request, $token));
        } catch (Throwable $error) {
            throw StoreException::causedBy($error);
        }
        if (self::isClaimed($reply)) {
            $this->open[$token] = [$connection, $request];
        } else {
            $this->connections->giveBack($connection);
        }

        return $reply;
    }

    public function extend(string $key, string $token, int $milliseconds): bool
    {
        [$connection] = $this->open[$token] ?? [null];
        $values = ['key' => $key, 'token' => $token, 'lease' => $milliseconds];
        try {
            return $connection !== null
                && Sql::withExceptions($connection, fn (): bool => $this->sql->change($connection, 'extend', $values));
        } catch (Throwable $error) {
            throw StoreException::causedBy($error);
        }
    }

    public function complete(string $key, string $token): bool
    {
        return $this->end($token, function (PDO $connection) use ($key, $token): bool {
            if (!$this->sql->isOpen($connection)) {
                throw new StoreException('the transaction of the inbox was ended by the handler, or by the server');
            }
            if (!$this->sql->change($connection, 'complete', $this->endValues($key, $token))) {
                throw new StoreException('the claim has vanished from the transaction of the inbox');
            }
            $this->sql->commit($connection);

            return true;
        });
    }

    /**
     * Undoes what the handler has written, and notes the failure in a transaction of its own.
     */
    public function release(string $key, string $token, string $error): bool
    {
        return $this->end($token, function (PDO $connection, ClaimRequest $request) use ($key, $token, $error): bool {
            $this->leave($connection, $key);
            $reply = $this->enter($connection, $request, $token);
            if (!self::isClaimed($reply)) {
                return false;
            }
            $isHeld = $this->sql->change($connection, 'release', $this->endValues($key, $token, $error));
            $this->sql->commit($connection);

            return $isHeld;
        });
    }

    /**
     * An inbox's claims end with their transaction: always throws.
     *
     * @throws StoreException
     */
    public function claimOf(array $ticket): Claim
    {
        throw new StoreException('a claim of an inbox ends with its transaction, and cannot be handed over');
    }

    public function connection(string $token): ?PDO
    {
        return $this->open[$token][0] ?? null;
    }

    /**
     * Begins, and claims. What is not claimed leaves no transaction behind.
     *
     * @return array{string, int}
     */
    private function enter(PDO $connection, #[SensitiveParameter] ClaimRequest $request, string $token): array
    {
        $this->sql->begin($connection);
        try {
            $reply = $this->isAlone($connection, $request->key)
                ? $this->sql->claim($connection, $this->claimValues($request, $token))
                : ['in_progress', 0];
        } catch (Throwable $error) {
            $this->leave($connection, $request->key);
            throw $error;
        }
        if (!self::isClaimed($reply)) {
            $this->leave($connection, $request->key);
        }

        return $reply;
    }

    /**
     * Whether nobody else is at the event. Otherwise the claim would wait for the end of that transaction.
     */
    private function isAlone(PDO $connection, string $key): bool
    {
        if (!$this->sql->has($connection, 'lock')) {
            return true;
        }
        if ($this->sql->has($connection, 'unlock') && $connection->getAttribute(PDO::ATTR_PERSISTENT)) {
            throw new StoreException('an inbox needs a connection without PDO::ATTR_PERSISTENT: locks would outlive a request');
        }

        return (int) ($this->sql->run($connection, 'lock', ['key' => $key])[0][0][0] ?? 0) === 1;
    }

    private function leave(PDO $connection, string $key): void
    {
        $this->sql->rollBack($connection);
        $this->unlock($connection, $key);
    }

    private function unlock(PDO $connection, string $key): void
    {
        try {
            if ($this->sql->has($connection, 'unlock')) {
                $this->sql->run($connection, 'unlock', ['key' => $key]);
            }
        } catch (Throwable) {
            // The connection is gone, and the lock with it.
        }
    }

    /**
     * @param callable(PDO, ClaimRequest): bool $end
     */
    private function end(string $token, callable $end): bool
    {
        [$connection, $request] = $this->open[$token] ?? [null, null];
        unset($this->open[$token]);
        if ($connection === null) {
            return false;
        }
        try {
            $isHeld = Sql::withExceptions($connection, static fn (): bool => $end($connection, $request));
            $this->unlock($connection, $request->key);
        } catch (Throwable $error) {
            $this->leave($connection, $request->key);
            throw StoreException::causedBy($error);
        }
        $this->connections->giveBack($connection);

        return $isHeld;
    }

    /**
     * @param array{string, int} $reply
     */
    private static function isClaimed(array $reply): bool
    {
        return (claimReply(...$reply)[0] ?? null) === 'claimed';
    }
}
