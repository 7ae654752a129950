<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Payvost\Webhooks\Stores\StoreException;
use Payvost\Webhooks\Stores\Transactions;

/**
 * The transactions of an ORM, as connections that end with them.
 *
 * @internal
 */
final class OrmConnections extends Connections
{
    private ?CallersTransaction $caller = null;

    public function __construct(public readonly Transactions $transactions, private SqlTable $table)
    {
    }

    public function areTransactions(): bool
    {
        return true;
    }

    public function open(): PdoConnection
    {
        $this->transactions->begin();

        return $this->of($this->transactions);
    }

    public function close(PdoConnection $connection, bool $isBroken): void
    {
        $connection->end($isBroken);
    }

    /** The next claim is in this transaction, which the caller begins and ends. */
    public function join(CallersTransaction $transaction): void
    {
        $this->caller = $transaction;
    }

    public function joined(): ?PdoConnection
    {
        [$caller, $this->caller] = [$this->caller, null];

        return $caller === null ? null : $this->of($caller);
    }

    private function of(Transactions $transactions): PdoConnection
    {
        $pdo = $transactions->connection();
        $this->dialect = self::dialectOf($pdo) ?? throw StoreException::misuse(
            'UNKNOWN_CLIENT',
            'connection uses another driver: configure one of pdo_pgsql, pdo_mysql and pdo_sqlite'
        );

        return new PdoConnection($pdo, $this->dialect, $this->table, $transactions);
    }
}
