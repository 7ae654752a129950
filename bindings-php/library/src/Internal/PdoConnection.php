<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Payvost\Webhooks\Stores\StoreException;
use Payvost\Webhooks\Stores\Transactions;
use PDO;
use PDOException;
use PDOStatement;
use SensitiveParameter;
use Throwable;

/**
 * One of the application's connections, whatever attributes are set on it.
 *
 * @internal
 */
final class PdoConnection
{
    /** @var array<int, mixed> the application's values of the attributes that are changed while a step runs */
    private array $attributes = [];

    private ?string $encoding = null;

    private bool $hasBegun;

    /**
     * @param Transactions|null $transactions those of an ORM, which has begun one
     *
     * @throws StoreException a transaction is open already
     */
    public function __construct(
        public readonly PDO $pdo,
        public readonly string $dialect,
        private SqlTable $table,
        private ?Transactions $transactions = null
    ) {
        $this->hasBegun = $transactions !== null;
        // SQLite reports it when the transaction begins.
        if (!$this->hasBegun && $dialect !== 'sqlite' && $pdo->inTransaction()) {
            throw StoreException::inTransaction();
        }
        $this->configure();
    }

    /** Sets the attributes that the statements need, until {@see restore()}. */
    public function configure(): void
    {
        $ours = [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION];
        if ($this->dialect === 'mysql') {
            // Emulated prepares quote for the charset of the DSN. After SET NAMES, a value could break out of its quotes.
            $ours[PDO::ATTR_EMULATE_PREPARES] = false;
        }
        foreach ($ours as $attribute => $value) {
            $this->attributes[$attribute] ??= $this->pdo->getAttribute($attribute);
            $this->pdo->setAttribute($attribute, $value);
        }
        $encoding = $this->otherEncoding();
        if ($encoding !== null) {
            $this->encoding ??= $encoding;
            $this->encode('UTF8');
        }
    }

    /** Restores the application's attributes. */
    public function restore(): void
    {
        if ($this->encoding !== null) {
            $this->encode($this->encoding);
            $this->encoding = null;
        }
        foreach ($this->attributes as $attribute => $value) {
            $this->pdo->setAttribute($attribute, $value);
        }
        $this->attributes = [];
    }

    public function begin(): void
    {
        if ($this->dialect !== 'sqlite') {
            $this->pdo->beginTransaction();
        } else {
            try {
                // beginTransaction() takes the lock at the first write, when another process may have written in between.
                $this->pdo->exec('BEGIN IMMEDIATE');
            } catch (PDOException $error) {
                // SQLITE_ERROR, where SQLITE_BUSY would be 5.
                throw ($error->errorInfo[1] ?? null) === 1 ? StoreException::inTransaction() : $error;
            }
        }
        $this->hasBegun = true;
    }

    /**
     * Runs the statement of this name.
     *
     * @param array<string, string|int|null> $values by the names of the parameters
     *
     * @return array{list<list<mixed>>, int} the rows, and the number of changed rows
     */
    public function run(string $name, #[SensitiveParameter] array $values): array
    {
        [$text, $parameters] = $this->table->statement($this->dialect, $name);
        if ($parameters === []) {
            // MySQL cannot prepare all of these.
            return [[], (int) $this->pdo->exec($text)];
        }
        $statement = $this->pdo->prepare($text, $this->options());
        foreach ($parameters as $index => $parameter) {
            $statement->bindValue($index + 1, $values[$parameter], self::type($parameter, $values[$parameter]));
        }
        $statement->execute();
        $rows = $statement->columnCount() > 0 ? $statement->fetchAll(PDO::FETCH_NUM) : [];
        $changed = $statement->rowCount();
        $statement->closeCursor();
        if (!$this->hasBegun && $this->pdo->inTransaction()) {
            // The session has autocommit turned off.
            $this->pdo->commit();
        }

        return [array_map(static fn (array $row): array => array_map(self::text(...), $row), $rows), $changed];
    }

    public function commit(): void
    {
        if ($this->transactions !== null) {
            // MySQL has committed implicitly at CREATE TABLE. The ORM has to notice that its transaction is over.
            $isOver = $this->dialect === 'mysql' && !$this->pdo->inTransaction();
            $isOver ? $this->transactions->rollBack() : $this->transactions->commit();
            $this->restore();

            return;
        }
        // MySQL commits implicitly at CREATE TABLE, after which PDO::commit() would fail.
        $this->pdo->exec('COMMIT');
        $this->hasBegun = false;
    }

    /** Does nothing if no transaction is open. */
    public function rollBack(): void
    {
        if ($this->transactions !== null) {
            $this->transactions->rollBack();
            $this->restore();

            return;
        }
        $this->hasBegun = false;
        if ($this->dialect !== 'sqlite') {
            $this->pdo->inTransaction() && $this->pdo->rollBack();

            return;
        }
        try {
            $this->pdo->exec('ROLLBACK');
        } catch (PDOException $error) {
            // SQLITE_ERROR: no transaction is active.
            ($error->errorInfo[1] ?? null) === 1 ?: throw $error;
        }
    }

    /**
     * Ends the use of the connection.
     *
     * @param bool $isUncertain whether a transaction of the store may still be open
     */
    public function end(bool $isUncertain): void
    {
        try {
            $isUncertain && $this->rollBack();
        } catch (Throwable) {
            // The connection is gone, and the transaction with it.
        }
        $this->restore();
    }

    /** The client encoding, if PostgreSQL would convert a key's bytes, so that another worker would not find them. */
    private function otherEncoding(): ?string
    {
        $information = $this->dialect === 'postgres' ? (string) $this->pdo->getAttribute(PDO::ATTR_SERVER_INFO) : '';

        return preg_match('/Client Encoding: (?!UTF8;|SQL_ASCII;)(\w+);/', $information, $match) === 1 ? $match[1] : null;
    }

    private function encode(string $encoding): void
    {
        try {
            $this->pdo->exec("SET client_encoding TO '{$encoding}'");
        } catch (PDOException) {
            // The transaction is aborted, and its rollback restores UTF8; or the connection is gone.
        }
    }

    /**
     * @return array<int, mixed>
     */
    private function options(): array
    {
        $options = [PDO::ATTR_STATEMENT_CLASS => [PDOStatement::class]];
        if ($this->dialect === 'postgres') {
            // Sends the values apart from the text in one round trip, and leaves no prepared statement in a pooled session.
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

    /** PostgreSQL's driver returns bytes as a stream. */
    private static function text(#[SensitiveParameter] mixed $value): mixed
    {
        return is_resource($value) ? stream_get_contents($value) : $value;
    }
}
