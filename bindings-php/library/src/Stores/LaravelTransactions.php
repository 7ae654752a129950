<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Stores;

use Illuminate\Database\Connection;
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
    public function __construct(private Connection $connection)
    {
    }

    public function begin(): void
    {
        if ($this->connection->transactionLevel() > 0) {
            throw StoreException::inTransaction();
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
    }

    public function commit(): void
    {
        // Also what a handler has left open.
        do {
            $this->connection->commit();
        } while ($this->connection->transactionLevel() > 0);
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
