<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Closure;
use Fiber;
use LogicException;
use Payvost\Webhooks\Stores\Transactions;
use PDO;
use RuntimeException;
use Throwable;

/**
 * A transaction that the caller begins and ends. The delivery runs in a fiber inside of it, and waits there while the caller commits or
 * rolls back.
 *
 * @internal
 */
final class CallersTransaction implements Transactions
{
    private bool $isOver = false;

    private bool $isDoomed = false;

    private ?Throwable $missing = null;

    public function __construct(private Transactions $layer)
    {
    }

    /**
     * @param Closure(Closure(): void): mixed $transaction calls its argument in a transaction, and rolls back if that throws
     * @param Closure(): mixed $deliver
     *
     * @return mixed what `$deliver` returns
     */
    public function run(Closure $transaction, Closure $deliver): mixed
    {
        $fiber = new Fiber($deliver);
        $rollback = new RuntimeException('the delivery has failed');
        try {
            $transaction(function () use ($fiber, $rollback): void {
                $commits = $fiber->start();
                if ($fiber->isTerminated() ? $this->isDoomed : !$commits) {
                    throw $rollback;
                }
            });
            if ($fiber->isTerminated()) {
                return $fiber->getReturn();
            }
            if ($this->isStillOpen()) {
                throw new LogicException('the transaction is still open: begin it outside of any other');
            }
            $fiber->resume();
        } catch (Throwable $error) {
            if (!$fiber->isStarted()) {
                $this->missing = $error;
                $fiber->start();
            } elseif (!$fiber->isTerminated()) {
                $this->isStillOpen() && $this->layer->rollBack();
                $error === $rollback ? $fiber->resume() : $fiber->throw($error);
            } elseif ($error !== $rollback) {
                throw $error;
            }
        }

        return $fiber->getReturn();
    }

    /** The claim failed, so that nobody knows what is in the transaction. */
    public function doom(): void
    {
        $this->isDoomed = true;
    }

    public function begin(): void
    {
        throw new LogicException('the caller has begun it');
    }

    public function connection(): PDO
    {
        return $this->missing === null ? $this->layer->connection() : throw $this->missing;
    }

    public function flush(): void
    {
        $this->layer->flush();
    }

    public function commit(): void
    {
        $this->isOver ? throw new LogicException('the transaction is over') : $this->end(true);
    }

    public function rollBack(): void
    {
        $this->isOver ?: $this->end(false);
    }

    private function end(bool $commits): void
    {
        $this->isOver = true;
        Fiber::suspend($commits);
    }

    /** Whether the end of the caller's transaction was only that of an inner one. */
    private function isStillOpen(): bool
    {
        try {
            return $this->layer->connection()->inTransaction();
        } catch (Throwable) {
            return false; // The connection is gone.
        }
    }
}
