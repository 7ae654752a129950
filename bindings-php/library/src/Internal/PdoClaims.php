<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Payvost\Webhooks\ConfigurationException;
use Payvost\Webhooks\Stores\ClaimRequest;
use Payvost\Webhooks\Stores\Inbox;
use Payvost\Webhooks\Stores\StoreException;
use Payvost\Webhooks\Stores\Transactions;
use PDO;
use SensitiveParameter;
use Throwable;

/**
 * The base class of the two stores that keep claims in a table.
 *
 * @internal
 */
abstract class PdoClaims extends ClaimStore
{
    protected Connections $connections;

    /**
     * @param PDO|Transactions|callable(): PDO $connection a function that opens a connection. It is called when a delivery comes, so
     *     that the response is 503 if the server cannot be reached, and again when the connection is gone. For SQLite also a
     *     connection. Or the transactions of an ORM, in which the store then works
     * @param int|float|null $leaseSeconds how long a claim holds: 1 s to 24 h. null: 60 s
     * @param int|float|null $rememberSeconds how long an event is remembered: 5765 s to ten years. null: 24 h
     * @param string|null $prefix what the keys begin with. null: `webhook`
     * @param bool $keepDeliveries keep the body and the signature of an event until it is handled, so that it can be
     *     retried: customer data at rest
     * @param string|null $table the name of the table, with or without a schema. null: `payvost_webhook_claims`
     * @param int|float $timeoutSeconds how long a step may be repeated after a deadlock, a serialization failure or a
     *     broken connection. Use the driver's own options to limit how long the server may take to answer
     *
     * @throws ConfigurationException `invalid_option`
     */
    public function __construct(
        PDO|Transactions|callable $connection,
        int|float|null $leaseSeconds = null,
        int|float|null $rememberSeconds = null,
        ?string $prefix = null,
        bool $keepDeliveries = true,
        ?string $table = null,
        int|float $timeoutSeconds = Limits::DEFAULT_STORE_TIME_LIMIT_SECONDS
    ) {
        parent::__construct($leaseSeconds, $rememberSeconds, $prefix, $keepDeliveries, $timeoutSeconds);
        $table = new SqlTable($table);
        $this->connections = $connection instanceof Transactions
            ? new OrmConnections($connection, $table)
            : new PdoConnections($connection, $table, $this instanceof Inbox);
    }

    /**
     * The definition of the table and its indexes as SQL, for a migration.
     *
     * ```php
     * echo PdoStore::tableDefinition('postgres');
     * ```
     *
     * @param 'postgres'|'mysql'|'sqlite' $dialect MariaDB's is `mysql`
     * @param string|null                 $table   null: `payvost_webhook_claims`
     *
     * @throws ConfigurationException `invalid_option`
     */
    public static function tableDefinition(string $dialect, ?string $table = null): string
    {
        return tableDefinition($dialect, $table)
            ?? refuseOption("dialect must be 'postgres', 'mysql' or 'sqlite'", "For MariaDB, pass 'mysql'.");
    }

    public function delivery(string $key): ?array
    {
        return self::keptDelivery($this->work('delivery', ['key' => $key])->run()[0] ?? null);
    }

    public function deadLetters(int $limit = Limits::DEFAULT_DEAD_LETTERS): array
    {
        $values = ['limit' => $limit, 'open_key' => $this->policy()->openKey()];

        return self::letters($this->work('dead_letters', $values)->run());
    }

    public function discard(string $key): bool
    {
        return $this->work('discard', ['key' => $key])->run();
    }

    /**
     * Creates the table and its indexes, unless they exist. Several processes may call it at the same time.
     *
     * @throws StoreException
     */
    public function createTable(): void
    {
        $this->work('create_table', [])->run();
    }

    /**
     * Deletes expired rows, in batches so that no lock is held for long. Call it regularly: nothing else makes the table
     * smaller.
     *
     * @return int the number of deleted rows
     *
     * @throws StoreException
     */
    public function forget(int $batch = Limits::FORGET_BATCH): int
    {
        return $this->work('forget', ['limit' => $batch], $batch)->run();
    }

    /**
     * @param array<string, string|int|null> $values
     */
    protected function work(
        string $work,
        #[SensitiveParameter]
        array $values,
        ?int $batch = null,
        bool $notesAttempts = false
    ): PdoWork {
        try {
            $joined = str_starts_with($work, 'enter') ? $this->connections->joined() : null;
        } catch (Throwable $error) {
            throw StoreException::of($this->connections->fault($error, true), $error);
        }
        $options = [$batch, $notesAttempts, $this->connections->areTransactions(), $joined?->dialect];
        $options = [...$options, $values['token'] ?? null, $values['fingerprint'] ?? null];
        $program = new SqlProgram($work, $this->timeoutSeconds, ...$options);
        $values += ['remember' => $this->policy()->rememberMilliseconds()];

        return new PdoWork($this->connections, $program, $values, $joined);
    }

    /**
     * @return array<string, string|int|null> the values to bind for a claim
     */
    protected function claimValues(#[SensitiveParameter] ClaimRequest $request, string $token): array
    {
        [$payload, $signature] = $this->kept($request);

        return [
            'key' => $request->key,
            'fingerprint' => $request->fingerprint,
            'token' => $token,
            'lease' => $this->policy()->leaseMilliseconds(),
            'event_type' => $request->eventType,
            'payload' => $payload,
            'signature' => $signature,
        ];
    }
}
