<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Payvost\Webhooks\Stores\StoreException;
use PDO;
use SensitiveParameter;
use Throwable;

/**
 * Runs a program of the extension on the application's connections.
 *
 * @internal
 */
final class PdoWork
{
    /**
     * @param array<string, string|int|null> $values to bind, by the names of parameters
     * @param PdoConnection|null $connection a transaction that the caller has opened
     */
    public function __construct(
        private Connections $connections,
        private SqlProgram $program,
        #[SensitiveParameter]
        private array $values,
        private ?PdoConnection $connection = null
    ) {
    }

    /**
     * @return mixed the reply; for work that reads, the rows
     *
     * @throws StoreException
     */
    public function run(): mixed
    {
        [$rows, $last] = [[], null];
        $this->connection?->configure();
        while (($ask = $this->program->ask()) !== null) {
            [$step, $detail] = $ask;
            try {
                match ($step) {
                    'open' => $this->open(),
                    'begin' => $this->connection->begin(),
                    'run' => [$rows, $changed] = $this->connection->run($detail, $this->values),
                    'commit' => $this->commit(),
                    'rollback' => $this->rollBack(),
                    'close' => $this->close($detail),
                    'wait' => usleep($detail),
                };
                $step === 'run' ? $this->program->ran($rows, $changed) : $this->program->done();
            } catch (Throwable $last) {
                $this->program->failed($this->connections->fault($last, $step === 'open'));
            }
        }
        $this->connection?->restore();
        $reply = $this->program->reply();

        return $reply instanceof Fault ? throw StoreException::of($reply, $last) : $reply ?? $rows;
    }

    /**
     * Does more work on the connection that the program has kept.
     *
     * @param array<string, string|int|null> $values further values to bind
     *
     * @throws StoreException
     */
    public function then(string $work, float $limitSeconds, #[SensitiveParameter] array $values): mixed
    {
        $this->values = $values + $this->values;
        $this->program->then($work, $limitSeconds);

        return $this->run();
    }

    /** The connection that the program has kept for a handler. */
    public function connection(): ?PDO
    {
        return $this->program->keepsConnection() ? $this->connection?->pdo : null;
    }

    private function commit(): void
    {
        $this->connection->commit();
        $this->connection = $this->connections->areTransactions() ? null : $this->connection;
    }

    private function rollBack(): void
    {
        $connection = $this->connection;
        $this->connection = $this->connections->areTransactions() ? null : $connection;
        $connection->rollBack();
    }

    private function open(): void
    {
        $this->connection = $this->connections->open();
        // SQLite commits a single statement too, but only BEGIN shows whether the application has begun a transaction.
        $this->program->connected($this->connection->dialect, $this->connection->dialect !== 'sqlite');
    }

    private function close(bool $isBroken): void
    {
        [$connection, $this->connection] = [$this->connection, null];
        $this->connections->close($connection, $isBroken);
    }
}
