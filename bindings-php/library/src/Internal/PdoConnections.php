<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Closure;
use Payvost\Webhooks\ConfigurationException;
use Payvost\Webhooks\Stores\StoreException;
use PDO;
use PDOException;

/**
 * A store's connections: the one that was passed to it, or those that it has opened.
 *
 * @internal
 */
final class PdoConnections extends Connections
{
    private const REMEDY = 'pass a PDO connection to PostgreSQL, MySQL, MariaDB or SQLite, or a function that opens one';

    private const PERSISTENT = 'connection must not be persistent, because a MySQL lock would outlive an aborted request:'
        . ' leave out PDO::ATTR_PERSISTENT';

    private ?PDO $given;

    /** @var Closure(): PDO|null */
    private ?Closure $connect;

    /** @var list<PDO> */
    private array $idle = [];

    /**
     * @param PDO|callable(): PDO $connection
     * @param bool                $locks      whether the store takes session locks
     *
     * @throws ConfigurationException `invalid_option`: the connection cannot keep claims, or could not be reopened
     */
    public function __construct(PDO|callable $connection, private SqlTable $table, private bool $locks)
    {
        $this->given = $connection instanceof PDO ? $connection : null;
        $this->connect = $connection instanceof PDO ? null : $connection(...);
        if ($this->given !== null) {
            $this->dialect = self::dialectOf($this->given)
                ?? refuseOption('connection must use the PDO driver pgsql, mysql or sqlite', ucfirst(self::REMEDY) . '.');
            if ($this->dialect !== 'sqlite') {
                refuseOption(
                    'connection must be a function that opens one, because servers close idle connections',
                    'Pass fn () => new PDO(…): the store calls it again when the connection is gone.'
                );
            }
        }
    }

    /**
     * @throws StoreException the connection cannot be used
     * @throws PDOException
     */
    public function open(): PdoConnection
    {
        $pdo = $this->given ?? array_pop($this->idle) ?? $this->connect();

        return new PdoConnection($pdo, $this->dialect, $this->table);
    }

    public function close(PdoConnection $connection, bool $isBroken): void
    {
        $connection->end($isBroken && $this->given !== null);
        if (!$isBroken && $this->given === null) {
            $this->idle[] = $connection->pdo;
        }
    }

    private function connect(): PDO
    {
        $pdo = ($this->connect)();
        if (!$pdo instanceof PDO || ($dialect = self::dialectOf($pdo)) === null) {
            throw StoreException::misuse('UNKNOWN_CLIENT', 'connection returned another client: ' . self::REMEDY);
        }
        $this->dialect = $dialect;
        if ($this->isPersistent($pdo)) {
            throw StoreException::misuse('PERSISTENT_CONNECTION', self::PERSISTENT);
        }

        return $pdo;
    }

    private function isPersistent(PDO $pdo): bool
    {
        return $this->locks && $this->dialect === 'mysql' && $pdo->getAttribute(PDO::ATTR_PERSISTENT);
    }
}
