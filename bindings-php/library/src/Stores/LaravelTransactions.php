<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Stores;

use Illuminate\Database\Connection;
use LogicException;
use Payvost\Webhooks\Internal\Connections;
use PDO;
use Throwable;

/**
 * The transactions of a connection of Laravel (`illuminate/database`): Eloquent models, the query builder and `DB::transaction()` in a
 * handler write in the transaction of the claim.
 *
 * ```php
 * $inbox = new PdoInbox(new LaravelTransactions(DB::connection()));
 * ```
 */
final class LaravelTransactions implements Transactions
{
    /**
     * @param Connection $connection what `DB::connection()` returns
     */
    public function __construct(private Connection $connection)
    {
    }

    public function begin(): void
    {
        if ($this->connection->transactionLevel() > 0) {
            throw StoreException::inTransaction();
        }
        $pdo = $this->connection->getRawPdo();
        if ($pdo instanceof PDO && Connections::isUnusable($pdo)) {
            $this->connection->disconnect();
        }
        try {
            $this->connection->beginTransaction();
        } catch (Throwable $error) {
            $this->connection->disconnect();
            throw $error;
        }
    }

    public function connection(): PDO
    {
        return $this->connection->getPdo();
    }

    public function flush(): void
    {
        if ($this->connection->transactionLevel() > 1) {
            throw new LogicException('a transaction inside of the outermost one is still open: commit it in the handler');
        }
    }

    public function commit(): void
    {
        $this->connection->commit();
    }

    public function rollBack(): void
    {
        try {
            $this->connection->rollBack(0);
        } catch (Throwable) {
            // The handler has ended the transaction, or the connection is gone. Laravel opens another one.
            $this->connection->disconnect();
        }
    }
}
