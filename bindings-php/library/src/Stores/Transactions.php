<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Stores;

use PDO;
use Throwable;

/**
 * The transactions of an ORM or a database layer, for a {@see PdoInbox} that keeps its claims in them. Whatever the handler writes through
 * that layer is then written once.
 *
 * There are {@see LaravelTransactions} and {@see DoctrineTransactions}. For another layer, implement this interface on its own methods.
 */
interface Transactions
{
    /**
     * Begins a transaction. If that fails, or a transaction is open already, it throws and leaves none of its own open. A transaction
     * that the layer begins inside of this one has to be a savepoint.
     *
     * @throws Throwable
     */
    public function begin(): void;

    /** The connection of the transaction that is open. */
    public function connection(): PDO;

    /**
     * Writes what the layer has collected and not written yet, if the transaction is still open. It is called when the handler has
     * returned, and belongs to the handler: if it throws, the handler has failed. It has to throw if the handler has left a transaction
     * open inside of this one, because then the layer's next commit would only end that.
     *
     * @throws Throwable
     */
    public function flush(): void;

    /**
     * @throws Throwable nothing is committed, or nobody knows
     */
    public function commit(): void;

    /**
     * Rolls back, however many transactions are nested. It is also called when the transaction has ended already or the connection is
     * broken. Afterwards the layer has to be ready for another transaction, if need be on a new connection.
     */
    public function rollBack(): void;
}
