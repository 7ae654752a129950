<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Stores;

use Doctrine\DBAL\Connection;
use Doctrine\ORM\EntityManagerInterface;
use LogicException;
use Payvost\Webhooks\Internal\Connections;
use PDO;
use Throwable;

/**
 * The transactions of Doctrine, DBAL or ORM, on a PDO driver such as `pdo_pgsql`: entities, queries and `wrapInTransaction()` in a handler
 * write in the transaction of the claim. The entity manager is flushed when the handler has returned, and cleared after a rollback.
 *
 * ```php
 * $inbox = new PdoInbox(new DoctrineTransactions($entityManager));
 * ```
 */
final class DoctrineTransactions implements Transactions
{
    private Connection $connection;

    private ?EntityManagerInterface $entityManager;

    /**
     * @param EntityManagerInterface|Connection $manager an entity manager, or only a DBAL connection
     */
    public function __construct(EntityManagerInterface|Connection $manager)
    {
        $this->entityManager = $manager instanceof Connection ? null : $manager;
        $this->connection = $manager instanceof Connection ? $manager : $manager->getConnection();
    }

    public function begin(): void
    {
        if ($this->connection->isTransactionActive()) {
            throw StoreException::inTransaction();
        }
        $isOld = $this->connection->isConnected();
        if ($isOld && Connections::isUnusable($this->connection())) {
            $this->connection->close();
        }
        try {
            $this->beginNow();
        } catch (Throwable $error) {
            // The server may have closed it while it was idle.
            $isOld ? $this->beginNow() : throw $error;
        }
    }

    public function connection(): PDO
    {
        $native = $this->connection->getNativeConnection();

        return $native instanceof PDO ? $native : throw StoreException::misuse(
            'UNKNOWN_CLIENT',
            'the connection of Doctrine must use a PDO driver: pdo_pgsql, pdo_mysql or pdo_sqlite'
        );
    }

    public function flush(): void
    {
        $level = $this->connection->getTransactionNestingLevel();
        if ($level > 1) {
            throw new LogicException('a transaction inside of the outermost one is still open: commit it in the handler');
        }
        // If the handler has rolled back, the flush would write in a transaction of its own.
        $level === 0 ?: $this->entityManager?->flush();
    }

    public function commit(): void
    {
        $this->connection->commit();
    }

    public function rollBack(): void
    {
        $this->entityManager?->clear();
        try {
            for ($level = $this->connection->getTransactionNestingLevel(); $level > 0; --$level) {
                $this->connection->rollBack();
            }
        } catch (Throwable) {
            // The handler has ended the transaction, or the connection is gone. Doctrine opens another one.
            $this->connection->close();
        }
    }

    private function beginNow(): void
    {
        try {
            // Otherwise a nested transaction that fails would doom the whole.
            $this->connection->setNestTransactionsWithSavepoints(true);
            $this->connection->beginTransaction();
        } catch (Throwable $error) {
            $this->connection->close();
            throw $error;
        }
    }
}
