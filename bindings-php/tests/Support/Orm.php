<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests\Support;

use Closure;
use Doctrine\DBAL\Connection as DoctrineConnection;
use Doctrine\DBAL\DriverManager;
use Doctrine\ORM\EntityManager;
use Doctrine\ORM\ORMSetup;
use Illuminate\Database\Capsule\Manager;
use Illuminate\Database\Connection as LaravelConnection;
use Payvost\Webhooks\Stores\DoctrineTransactions;
use Payvost\Webhooks\Stores\LaravelTransactions;
use Payvost\Webhooks\Stores\Transactions;
use PDO;

/** One of the ORMs on one of the servers, and what a handler does with it: rows of one text in a table. */
final class Orm
{
    public const KINDS = ['Laravel', 'Doctrine DBAL', 'Doctrine ORM'];

    public readonly Transactions $transactions;

    private LaravelConnection|DoctrineConnection $connection;

    private ?EntityManager $manager = null;

    public function __construct(string $kind, string $url, private string $table)
    {
        $parts = parse_url(str_starts_with($url, 'sqlite://') ? 'sqlite://localhost:0' . substr($url, 9) : $url);
        $driver = ['postgres' => 'pgsql', 'mysql' => 'mysql', 'sqlite' => 'sqlite'][$parts['scheme']];
        $path = $driver === 'sqlite' ? $parts['path'] : ltrim($parts['path'], '/');
        if ($kind === 'Laravel') {
            $capsule = new Manager();
            $capsule->addConnection([
                'driver' => $driver, 'host' => $parts['host'], 'port' => $parts['port'], 'database' => $path,
                'username' => $parts['user'] ?? '', 'password' => '', 'charset' => $driver === 'mysql' ? 'utf8mb4' : 'utf8',
            ]);
            $this->connection = $capsule->getConnection();
            $this->transactions = new LaravelTransactions($this->connection);

            return;
        }
        $configuration = ORMSetup::createAttributeMetadataConfiguration([__DIR__], true);
        $this->connection = DriverManager::getConnection([
            'driver' => "pdo_{$driver}", 'host' => $parts['host'], 'port' => $parts['port'], 'user' => $parts['user'] ?? '',
        ] + ($driver === 'sqlite' ? ['path' => $path] : ['dbname' => $path]), $configuration);
        if ($kind === 'Doctrine ORM') {
            $this->manager = new EntityManager($this->connection, $configuration);
            $this->manager->getClassMetadata(Payment::class)->setPrimaryTable(['name' => $table]);
        }
        $this->transactions = new DoctrineTransactions($this->manager ?? $this->connection);
    }

    /** What a caller of Doctrine has to set for transactions of its own. */
    public function nestWithSavepoints(): void
    {
        $this->connection instanceof LaravelConnection ?: $this->connection->setNestTransactionsWithSavepoints(true);
    }

    public function pdo(): PDO
    {
        return $this->transactions->connection();
    }

    public function insert(string $text): void
    {
        match (true) {
            $this->manager !== null => $this->manager->persist(new Payment($text)),
            $this->connection instanceof LaravelConnection => $this->connection->table($this->table)->insert(['text' => $text]),
            default => $this->connection->insert($this->table, ['text' => $text]),
        };
    }

    public function inTransaction(Closure $work): mixed
    {
        return match (true) {
            $this->manager !== null => $this->manager->wrapInTransaction($work),
            $this->connection instanceof LaravelConnection => $this->connection->transaction($work),
            default => $this->connection->transactional($work),
        };
    }

    public function begin(): void
    {
        $this->connection->beginTransaction();
    }

    public function commit(): void
    {
        $this->manager?->flush();
        $this->connection->commit();
    }

    public function rollBack(): void
    {
        $this->connection->rollBack();
    }

    public function run(string $sql): void
    {
        $this->connection instanceof LaravelConnection ? $this->connection->unprepared($sql) : $this->connection->executeStatement($sql);
    }
}
