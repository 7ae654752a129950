<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Closure;
use PDO;
use PDOException;
use PDOStatement;
use Payvost\Webhooks\ConfigurationException;
use Payvost\Webhooks\Stores\StoreException;
use SensitiveParameter;
use Throwable;

/**
 * Runs the statements of the claims on a user's connection, whatever is set there.
 *
 * @internal
 */
final class Sql
{
    private const DIALECTS = ['pgsql' => 'postgres', 'mysql' => 'mysql', 'sqlite' => 'sqlite'];

    private const IN_TRANSACTION = 'the connection is in a transaction already: give the store a connection of its own';

    /** @var array<string, array<string, array{string, string, list<string>}>> by dialect and name */
    private array $statements = [];

    /**
     * @throws ConfigurationException `invalid_option`
     */
    public function __construct(private ?string $table)
    {
        $this->statements['sqlite'] = self::statements('sqlite', $table);
    }

    /**
     * Does something with the connection, with errors as exceptions.
     *
     * @template T
     *
     * @param Closure(): T $step
     *
     * @return T
     *
     * @throws PDOException
     */
    public static function withExceptions(PDO $connection, Closure $step): mixed
    {
        $mode = $connection->getAttribute(PDO::ATTR_ERRMODE);
        $connection->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_EXCEPTION);
        try {
            return $step();
        } finally {
            $connection->setAttribute(PDO::ATTR_ERRMODE, $mode);
        }
    }

    /**
     * Does something that is committed when it is done.
     *
     * @template T
     *
     * @param Closure(): T $step
     *
     * @return T
     *
     * @throws StoreException in a transaction already
     */
    public function alone(PDO $connection, Closure $step): mixed
    {
        if (self::dialect($connection) === 'sqlite') {
            $this->begin($connection);
        } elseif ($connection->inTransaction()) {
            throw new StoreException(self::IN_TRANSACTION);
        }
        try {
            $result = $step();
            // Elsewhere each statement is committed by itself, unless the connection has that turned off.
            if ($this->isOpen($connection)) {
                $this->commit($connection);
            }

            return $result;
        } catch (Throwable $error) {
            $this->rollBack($connection);
            throw $error;
        }
    }

    /**
     * @throws StoreException in a transaction already
     */
    public function begin(PDO $connection): void
    {
        if ($connection->inTransaction()) {
            throw new StoreException(self::IN_TRANSACTION);
        }
        if (self::dialect($connection) !== 'sqlite') {
            $connection->beginTransaction();

            return;
        }
        try {
            // PDO's own begins to lock with the first write, when others may have written.
            $connection->exec('BEGIN IMMEDIATE');
        } catch (PDOException $error) {
            // SQLITE_ERROR, where SQLITE_BUSY would be 5.
            throw ($error->errorInfo[1] ?? null) === 1 ? new StoreException(self::IN_TRANSACTION) : $error;
        }
    }

    /**
     * @throws StoreException it has been ended by somebody else
     */
    public function commit(PDO $connection): void
    {
        self::dialect($connection) === 'sqlite' ? $connection->exec('COMMIT') : $connection->commit();
    }

    /**
     * Undoes what has been done, if there is still something to undo.
     */
    public function rollBack(PDO $connection): void
    {
        try {
            self::dialect($connection) === 'sqlite' ? $connection->exec('ROLLBACK') : $connection->rollBack();
        } catch (Throwable) {
            // The connection is gone, and the transaction with it; or it was ended before.
        }
    }

    /**
     * Whether a transaction that was begun here is still open. SQLite tells when it is committed.
     */
    public function isOpen(PDO $connection): bool
    {
        return self::dialect($connection) === 'sqlite' || $connection->inTransaction();
    }

    /**
     * Runs a statement by its name, if the dialect has it.
     *
     * @param array<string, string|int|null> $values by the names of the parameters
     *
     * @return array{list<list<mixed>>, int} the rows, and how many were changed
     */
    public function run(PDO $connection, string $name, #[SensitiveParameter] array $values = []): array
    {
        $dialect = self::dialect($connection);
        $this->statements[$dialect] ??= self::statements($dialect, $this->table);
        [, $text, $parameters] = $this->statements[$dialect][$name];
        $statement = $connection->prepare($text, self::options($dialect));
        foreach ($parameters as $index => $parameter) {
            $statement->bindValue($index + 1, $values[$parameter], self::type($parameter, $values[$parameter]));
        }
        $statement->execute();
        $rows = $statement->columnCount() > 0 ? $statement->fetchAll(PDO::FETCH_NUM) : [];
        $changed = $statement->rowCount();
        $statement->closeCursor();

        return [array_map(static fn (array $row): array => array_map(self::text(...), $row), $rows), $changed];
    }

    public function has(PDO $connection, string $name): bool
    {
        $dialect = self::dialect($connection);
        $this->statements[$dialect] ??= self::statements($dialect, $this->table);

        return isset($this->statements[$dialect][$name]);
    }

    /**
     * @param array<string, string|int|null> $values
     *
     * @return array{string, int} the reply of the protocol
     */
    public function claim(PDO $connection, #[SensitiveParameter] array $values): array
    {
        $row = $this->run($connection, 'claim', $values)[0][0]
            ?? $this->run($connection, 'claim_reply', $values)[0][0]
            ?? ['in_progress', 0];

        return [$row[0], (int) $row[1]];
    }

    /**
     * Extends, completes or releases: whether the claim was held.
     *
     * @param array<string, string|int|null> $values
     */
    public function change(PDO $connection, string $name, array $values): bool
    {
        [, $changed] = $this->run($connection, $name, $values);

        return $changed > 0 || $this->run($connection, "{$name}_reply", $values)[0] !== [];
    }

    /**
     * Makes the table and its indexes, unless they exist.
     */
    public function createTable(PDO $connection): void
    {
        foreach (['create_table', 'create_index_forget', 'create_index_open'] as $name) {
            if ($this->has($connection, $name)) {
                $this->run($connection, $name);
            }
        }
    }

    /**
     * @return array<string, array{string, string, list<string>}>
     */
    private static function statements(string $dialect, ?string $table): array
    {
        return array_column(sqlStatements($dialect, $table), null, 0);
    }

    private static function dialect(PDO $connection): string
    {
        $driver = $connection->getAttribute(PDO::ATTR_DRIVER_NAME);

        return self::DIALECTS[$driver] ?? throw new StoreException('there are no claims for this driver of PDO');
    }

    /**
     * @return array<int, mixed>
     */
    private static function options(string $dialect): array
    {
        $options = [PDO::ATTR_STATEMENT_CLASS => [PDOStatement::class]];
        if ($dialect === 'postgres') {
            // Text and values apart, in one round trip, and nothing is left behind in a pooled session.
            $options += [PDO::ATTR_EMULATE_PREPARES => false, PDO::PGSQL_ATTR_DISABLE_PREPARES => true];
        }

        return $options;
    }

    private static function type(string $parameter, #[SensitiveParameter] mixed $value): int
    {
        return match (true) {
            $value === null => PDO::PARAM_NULL,
            is_int($value) => PDO::PARAM_INT,
            $parameter === 'payload' => PDO::PARAM_LOB,
            default => PDO::PARAM_STR,
        };
    }

    /** PostgreSQL gives bytes as a stream. */
    private static function text(#[SensitiveParameter] mixed $value): mixed
    {
        return is_resource($value) ? stream_get_contents($value) : $value;
    }
}
