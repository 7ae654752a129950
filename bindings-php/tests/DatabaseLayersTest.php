<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use Closure;
use Doctrine\DBAL\Connection as DoctrineConnection;
use Doctrine\DBAL\Driver as DoctrineDriver;
use Doctrine\DBAL\Driver\Middleware\AbstractConnectionMiddleware;
use Doctrine\DBAL\Driver\PDO\Connection as DoctrinePdo;
use Illuminate\Database\Connection as LaravelConnection;
use Illuminate\Database\MySqlConnection;
use Illuminate\Database\PostgresConnection;
use Illuminate\Database\SQLiteConnection;
use Payvost\Webhooks\Stores\Claim;
use Payvost\Webhooks\Stores\PdoInbox;
use Payvost\Webhooks\Tests\Support\Sample;
use Payvost\Webhooks\Tests\Support\Stores;
use Payvost\Webhooks\Tests\Support\StoresTestCase;
use Payvost\Webhooks\WebhookReceiver;
use Payvost\Webhooks\WebhookRouter;
use PDO;
use RuntimeException;

/** Laravel's and Doctrine's database layers on the connection of an inbox. */
final class DatabaseLayersTest extends StoresTestCase
{
    private PDO $connection;

    private PdoInbox $store;

    /** @return iterable<string, array{string, Closure(PDO, string, bool): (LaravelConnection|DoctrineConnection)}> */
    public function layers(): iterable
    {
        foreach (['postgres', 'mariadb', 'sqlite'] as $server) {
            yield "Laravel, {$server}" => [$server, self::laravel(...)];
            yield "Doctrine, {$server}" => [$server, self::doctrine(...)];
        }
    }

    /**
     * @dataProvider layers
     *
     * @param Closure(PDO, string, bool): (LaravelConnection|DoctrineConnection) $layer
     */
    public function testNestedTransactionIsASavepoint(string $server, Closure $layer): void
    {
        $this->open($server);
        $receiver = $this->receiver($this->store, function (array $event, Claim $claim) use ($server, $layer): void {
            $database = $layer($claim->connection, $server, true);
            $this->insertInTransaction($database, 'kept');
            try {
                $this->insertInTransaction($database, 'undone', static fn () => throw new RuntimeException('of the layer'));
            } catch (RuntimeException) {
                // Only the nested transaction is rolled back.
            }
            $claim->attempt === 1 ? throw new RuntimeException('later') : null;
        });

        self::assertSame(500, $this->deliver($receiver, 'evt_1')->status);
        self::assertSame([], $this->rows());
        self::assertSame(200, $this->deliver($receiver, 'evt_1')->status);
        self::assertSame(['kept'], $this->rows());
        self::assertSame(200, $this->deliver($receiver, 'evt_1')->status);
        self::assertSame(['handler_failed', 'handled', 'already_handled'], $this->codes());
        self::assertSame(['kept'], $this->rows());
    }

    /**
     * A layer that does not know about the open transaction begins another one, which PDO refuses.
     *
     * @dataProvider layers
     *
     * @param Closure(PDO, string, bool): (LaravelConnection|DoctrineConnection) $layer
     */
    public function testOwnTransactionOfALayerFailsAndWritesNothing(string $server, Closure $layer): void
    {
        $this->open($server);
        $receiver = $this->receiver($this->store, function (array $event, Claim $claim) use ($server, $layer): void {
            $this->insertInTransaction($layer($claim->connection, $server, false), 'a');
        });

        self::assertSame(500, $this->deliver($receiver, 'evt_1')->status);
        self::assertSame(500, $this->deliver($receiver, 'evt_1')->status);
        self::assertMatchesRegularExpression('~active transaction|within a transaction~', $this->logger->records[0][2]['exception']->getMessage());
        self::assertSame([], $this->rows());
        self::assertSame(['failed'], array_column($this->store->deadLetters(), 'reason'));
    }

    /**
     * @dataProvider layers
     *
     * @param Closure(PDO, string, bool): (LaravelConnection|DoctrineConnection) $layer
     */
    public function testCommitOfALayerIsNoticed(string $server, Closure $layer): void
    {
        $this->open($server);
        $receiver = $this->receiver($this->store, function (array $event, Claim $claim) use ($server, $layer): void {
            $database = $layer($claim->connection, $server, false);
            $insert = "INSERT INTO {$this->name}_rows VALUES ('a')";
            $database instanceof LaravelConnection ? $database->unprepared($insert) : $database->executeStatement($insert);
            $database instanceof LaravelConnection ? $database->unprepared('COMMIT') : $database->executeStatement('COMMIT');
            throw new RuntimeException('later');
        });

        foreach ([1, 2] as $_) {
            self::assertSame(500, $this->deliver($receiver, 'evt_1')->status);
            self::assertSame(['a'], $this->rows(), 'no second row');
        }
        self::assertSame(['parked'], array_column($this->store->deadLetters(), 'reason'));
    }

    public function testHandlerOfThePageWritesInTheInboxOfPostgres(): void
    {
        $page = (string) file_get_contents(__DIR__ . '/../../docs/guides/php/stores.md');
        self::assertSame(1, preg_match('~^```php\n(\$router->on[^`]*PostgresConnection.*?)^```~ms', $page, $code));
        $this->open('postgres');
        $this->connection->exec('DROP TABLE IF EXISTS payments; CREATE TABLE payments (id text, amount text)');
        $router = new WebhookRouter();
        eval('use Payvost\Webhooks\Stores\Claim;' . $code[1]);
        $receiver = new WebhookReceiver(Sample::SECRET, $router, $this->logger, $this->remember(...), $this->store);

        self::assertSame([200, 200], [$this->deliver($receiver, 'evt_1')->status, $this->deliver($receiver, 'evt_1')->status]);
        self::assertSame(1, (int) $this->connection->query('SELECT count(*) FROM payments')->fetchColumn());
    }

    private function open(string $server): void
    {
        $this->connection = Stores::connect(Stores::url($server, $this->folder));
        $this->connection->exec("CREATE TABLE {$this->name}_rows (text varchar(20))");
        $this->store = new PdoInbox(fn () => $this->connection, prefix: $this->name, table: $this->name);
        $this->store->createTable();
    }

    /** @return list<string> */
    private function rows(): array
    {
        return $this->connection->query("SELECT text FROM {$this->name}_rows")->fetchAll(PDO::FETCH_COLUMN);
    }

    private function insertInTransaction(LaravelConnection|DoctrineConnection $database, string $text, ?Closure $then = null): void
    {
        $insert = function () use ($database, $text, $then): void {
            $database instanceof LaravelConnection
                ? $database->table("{$this->name}_rows")->insert(['text' => $text])
                : $database->insert("{$this->name}_rows", ['text' => $text]);
            $then === null ?: $then();
        };
        $database instanceof LaravelConnection ? $database->transaction($insert) : $database->transactional($insert);
    }

    /** A Laravel connection. `$transactions` is the number of open transactions that it assumes. */
    private static function laravel(PDO $pdo, string $server, bool $isJoined): LaravelConnection
    {
        return match ([$server, $isJoined]) {
            ['postgres', false] => new PostgresConnection($pdo),
            ['mariadb', false] => new MySqlConnection($pdo),
            ['sqlite', false] => new SQLiteConnection($pdo),
            ['postgres', true] => new class($pdo) extends PostgresConnection {
                protected $transactions = 1;
            },
            ['mariadb', true] => new class($pdo) extends MySqlConnection {
                protected $transactions = 1;
            },
            ['sqlite', true] => new class($pdo) extends SQLiteConnection {
                protected $transactions = 1;
            },
        };
    }

    /** A Doctrine connection, whose driver returns an existing connection. */
    private static function doctrine(PDO $pdo, string $server, bool $isJoined): DoctrineConnection
    {
        $connection = $isJoined ? new NestedConnection(new DoctrinePdo($pdo)) : new DoctrinePdo($pdo);
        $driver = match ($server) {
            'postgres' => new class($connection) extends DoctrineDriver\AbstractPostgreSQLDriver {
                use GivenConnection;
            },
            'mariadb' => new class($connection) extends DoctrineDriver\AbstractMySQLDriver {
                use GivenConnection;
            },
            'sqlite' => new class($connection) extends DoctrineDriver\AbstractSQLiteDriver {
                use GivenConnection;
            },
        };

        return new DoctrineConnection([], $driver);
    }
}

trait GivenConnection
{
    public function __construct(private DoctrineDriver\Connection $connection)
    {
    }

    public function connect(array $params): DoctrineDriver\Connection
    {
        return $this->connection;
    }
}

/** Its outermost transaction is a savepoint. */
final class NestedConnection extends AbstractConnectionMiddleware
{
    public function beginTransaction(): bool
    {
        return $this->exec('SAVEPOINT doctrine') !== false;
    }

    public function commit(): bool
    {
        return $this->exec('RELEASE SAVEPOINT doctrine') !== false;
    }

    public function rollBack(): bool
    {
        return $this->exec('ROLLBACK TO SAVEPOINT doctrine') !== false;
    }
}
