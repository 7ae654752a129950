<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Payvost\Webhooks\Stores\StoreException;
use PDO;
use PDOException;
use Throwable;

/**
 * Where a store's connections come from.
 *
 * @internal
 */
abstract class Connections
{
    private const DIALECTS = ['pgsql' => 'postgres', 'mysql' => 'mysql', 'sqlite' => 'sqlite'];

    /** PDO reports SQLite's result codes as numbers, which have other meanings in other databases. */
    private const SQLITE_CODES = [
        3 => 'SQLITE_PERM',
        5 => 'SQLITE_BUSY',
        6 => 'SQLITE_LOCKED',
        8 => 'SQLITE_READONLY',
        13 => 'SQLITE_FULL',
        14 => 'SQLITE_CANTOPEN',
        23 => 'SQLITE_AUTH',
    ];

    protected ?string $dialect = null;

    /**
     * @throws StoreException the connection cannot be used
     * @throws PDOException
     */
    abstract public function open(): PdoConnection;

    abstract public function close(PdoConnection $connection, bool $isBroken): void;

    /** Whether a connection comes with a transaction, and ends with it. */
    public function areTransactions(): bool
    {
        return false;
    }

    /**
     * The transaction for the next claim that the caller has opened; null without one.
     *
     * @throws StoreException
     */
    public function joined(): ?PdoConnection
    {
        return null;
    }

    public function fault(Throwable $error, bool $isConnecting): Fault
    {
        $cause = $error;
        while (!$cause instanceof PDOException && $cause->getPrevious() !== null) {
            // Doctrine wraps the driver's exception.
            $cause = $cause->getPrevious();
        }
        $code = $cause instanceof PDOException ? $cause->errorInfo[1] ?? null : null;
        if ($isConnecting && $code !== null) {
            // While they connect, drivers use one code for every fault. The message says more.
            $fault = new Fault(get_debug_type($error), [], $cause->getMessage(), true);
            if ($fault->code() !== 'unknown') {
                return $fault;
            }
        }
        $codes = $this->dialect === 'sqlite' && isset(self::SQLITE_CODES[$code]) ? [self::SQLITE_CODES[$code]] : [];

        return Faults::of($error, $codes, $isConnecting);
    }

    /**
     * Whether a connection, in which no transaction should be open, has broken or has an aborted one.
     *
     * @throws StoreException a transaction is open
     */
    public static function isUnusable(PDO $pdo): bool
    {
        // PostgreSQL's driver says so of a broken connection, too.
        if (!$pdo->inTransaction()) {
            return false;
        }
        try {
            return $pdo->query('SELECT 1') !== false ? throw StoreException::inTransaction() : true;
        } catch (PDOException) {
            return true;
        }
    }

    protected static function dialectOf(PDO $pdo): ?string
    {
        return self::DIALECTS[$pdo->getAttribute(PDO::ATTR_DRIVER_NAME)] ?? null;
    }
}
