<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use PDO;
use PDOException;
use PDOStatement;
use Payvost\Webhooks\ConfigurationException;
use Payvost\Webhooks\Stores\Claim;
use Payvost\Webhooks\Stores\PdoInbox;
use Payvost\Webhooks\Stores\PdoStore;
use Payvost\Webhooks\Stores\RedisStore;
use Payvost\Webhooks\Stores\Store;
use Payvost\Webhooks\Tests\Support\Php;
use Payvost\Webhooks\Tests\Support\Stores;
use Payvost\Webhooks\Tests\Support\StoresTestCase;
use Redis;
use RuntimeException;

/** Stores work with any options of the application's client, or say what is wrong with it. */
final class StoresClientsTest extends StoresTestCase
{
    private const TEXT = "na\u{ef}ve \u{1F4B8} \\ ' \" %s ? :key";

    /** @return array<string, array{array<int, mixed>}> */
    public function optionsOfRedis(): array
    {
        return [
            'prefix' => [[Redis::OPT_PREFIX => 'app:']],
            'PHP serialiser' => [[Redis::OPT_SERIALIZER => Redis::SERIALIZER_PHP]],
            'JSON serialiser' => [[Redis::OPT_SERIALIZER => Redis::SERIALIZER_JSON]],
            'igbinary' => [[Redis::OPT_SERIALIZER => Redis::SERIALIZER_IGBINARY]],
            'LZF' => [[Redis::OPT_COMPRESSION => Redis::COMPRESSION_LZF]],
            'literal replies' => [[Redis::OPT_REPLY_LITERAL => true]],
            'all at once' => [[
                Redis::OPT_PREFIX => '{app}',
                Redis::OPT_SERIALIZER => Redis::SERIALIZER_PHP,
                Redis::OPT_READ_TIMEOUT => -1,
            ]],
        ];
    }

    /**
     * @dataProvider optionsOfRedis
     *
     * @param array<int, mixed> $options
     */
    public function testRedisClientMayHaveAnyOptions(array $options): void
    {
        $client = Stores::connect(Stores::url('redis', $this->folder));
        foreach ($options as $option => $value) {
            $client->setOption($option, $value);
        }
        $this->tryAll(new RedisStore($client, prefix: $this->name));
        // A worker whose client has other options sees the same claims.
        $other = $this->receiver($this->store('redis'), fn () => self::fail('handled by two'));
        $this->deliver($other, 'evt_?');
        self::assertSame('already_handled', end($this->results)->code);

        foreach ($options as $option => $value) {
            self::assertEquals($value, $client->getOption($option), 'the options of the client are restored');
        }
        $client->set("{$this->name}:own", ['a' => 1]);
        self::assertEquals(
            ($options[Redis::OPT_SERIALIZER] ?? null) === null ? 'Array' : ['a' => 1],
            @$client->get("{$this->name}:own")
        );
    }

    public function testRedisClientInTheMiddleOfATransactionIsRefused(): void
    {
        $client = Stores::connect(Stores::url('redis', $this->folder));
        foreach ([Redis::MULTI, Redis::PIPELINE] as $mode) {
            $store = new RedisStore($client, prefix: $this->name);
            $client->multi($mode);
            $this->refused($store, 'IN_PIPELINE');
            $this->assertInvalid(fn () => new RedisStore($client), 'client must not be in the middle of multi() or pipeline()');
            $client->discard();
        }
    }

    public function testRedisThatRefusesAStepIsUnavailable(): void
    {
        $client = Stores::connect(Stores::url('redis', $this->folder));
        $client->set("{$this->name}-open", 'not a list');
        $this->refused(new RedisStore($client, prefix: $this->name), 'WRONGTYPE');
        $this->refused(new RedisStore(fn () => throw new RuntimeException('secret'), prefix: $this->name), 'unknown', RuntimeException::class);
    }

    public function testRedisForgetsItsScripts(): void
    {
        $client = Stores::connect(Stores::url('redis', $this->folder));
        $receiver = $this->receiver(new RedisStore($client, prefix: $this->name), fn () => $client->script('flush'));
        self::assertSame(200, $this->deliver($receiver, 'evt_1')->status);
        $client->script('flush');
        $this->deliver($receiver, 'evt_1');

        self::assertSame(['handled', 'already_handled'], $this->codes());
    }

    public function testKeysOfRedisExpire(): void
    {
        $client = Stores::connect(Stores::url('redis', $this->folder));
        $store = new RedisStore($client, prefix: $this->name, rememberSeconds: 6000, leaseSeconds: 10);
        $this->deliver($this->receiver($store, function () use ($client): void {
            self::assertEqualsWithDelta(6000, $client->ttl("{$this->name}:evt_1"), 60);
        }), 'evt_1');

        self::assertEqualsWithDelta(6000, $client->ttl("{$this->name}:evt_1"), 60);
    }

    /** @return iterable<string, array{string, array<int, mixed>, string}> */
    public function optionsOfPdo(): iterable
    {
        $all = [
            'silent' => [PDO::ATTR_ERRMODE => PDO::ERRMODE_SILENT],
            'warning' => [PDO::ATTR_ERRMODE => PDO::ERRMODE_WARNING],
            'emulated prepares' => [PDO::ATTR_EMULATE_PREPARES => true],
            'native prepares' => [PDO::ATTR_EMULATE_PREPARES => false],
            'objects, upper case, strings' => [
                PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_OBJ,
                PDO::ATTR_CASE => PDO::CASE_UPPER,
                PDO::ATTR_STRINGIFY_FETCHES => true,
                PDO::ATTR_ORACLE_NULLS => PDO::NULL_TO_STRING,
            ],
            'lazy, empty as null' => [
                PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_LAZY,
                PDO::ATTR_ORACLE_NULLS => PDO::NULL_EMPTY_STRING,
            ],
            'statements of its own' => [PDO::ATTR_STATEMENT_CLASS => [ForgetfulStatement::class]],
        ];
        foreach (['postgres', 'mariadb', 'sqlite'] as $server) {
            foreach ($all as $name => $options) {
                if ($server !== 'sqlite' || !isset($options[PDO::ATTR_EMULATE_PREPARES])) {
                    yield "{$server}: {$name}" => [$server, $options, ''];
                }
            }
        }
        yield 'mariadb: unbuffered' => ['mariadb', [PDO::MYSQL_ATTR_USE_BUFFERED_QUERY => false], ''];
        yield 'mariadb: found rows' => ['mariadb', [], 'found rows'];
        yield 'mariadb: no autocommit' => ['mariadb', [PDO::ATTR_AUTOCOMMIT => false], ''];
        yield 'mariadb: no autocommit by SQL' => ['mariadb', [], 'SET autocommit = 0'];
        yield 'mariadb: Latin 1' => ['mariadb', [PDO::ATTR_EMULATE_PREPARES => true], 'SET NAMES latin1'];
        yield 'mariadb: three bytes' => ['mariadb', [PDO::ATTR_EMULATE_PREPARES => true], 'SET NAMES utf8'];
        yield 'mariadb: three bytes, native' => ['mariadb', [PDO::ATTR_EMULATE_PREPARES => false], 'SET NAMES utf8'];
        yield 'mariadb: serializable' => ['mariadb', [], 'SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE'];
        yield 'postgres: no prepares' => ['postgres', [PDO::PGSQL_ATTR_DISABLE_PREPARES => true], ''];
        yield 'postgres: Latin 1' => ['postgres', [], "SET client_encoding = 'LATIN1'"];
        yield 'postgres: time zone' => ['postgres', [], "SET timezone = 'Asia/Kathmandu'"];
        yield 'mariadb: time zone' => ['mariadb', [], "SET time_zone = '+05:45'"];
        yield 'postgres: serializable' => ['postgres', [], 'SET default_transaction_isolation = serializable'];
    }

    /**
     * @dataProvider optionsOfPdo
     *
     * @param array<int, mixed> $options
     */
    public function testConnectionMayHaveAnyAttributes(string $server, array $options, string $sql): void
    {
        foreach ([PdoStore::class, PdoInbox::class] as $class) {
            $connection = $sql === 'found rows' ? $this->withFoundRows() : Stores::connect(Stores::url($server, $this->folder));
            $sql === '' || $sql === 'found rows' ? null : $connection->exec($sql);
            foreach ($options as $option => $value) {
                self::assertTrue($connection->setAttribute($option, $value));
            }
            $table = "{$this->name}_" . strtolower(substr($class, -5));
            $store = new $class(fn () => $connection, prefix: $this->name, table: $table);
            $store->createTable();
            $this->tryAll($store);
            self::assertSame(0, $store->forget());
            self::assertFalse($connection->inTransaction() && ($options[PDO::ATTR_AUTOCOMMIT] ?? true), 'all is committed');
            // Another connection sees only committed rows.
            $other = Stores::connect(Stores::url($server, $this->folder));
            $theirs = new PdoStore(fn () => $other, prefix: $this->name, table: $table);
            $this->deliver($this->receiver($theirs, fn () => self::fail('handled by two')), 'evt_?');
            self::assertSame('already_handled', end($this->results)->code);
            foreach ($options as $option => $value) {
                if (in_array($option, [PDO::ATTR_ERRMODE, PDO::ATTR_EMULATE_PREPARES], true)) {
                    self::assertEquals($value, $connection->getAttribute($option), 'the attributes of the connection are restored');
                }
            }
        }
    }

    /** @return array<string, array{string}> */
    public function servers(): array
    {
        return ['postgres' => ['postgres'], 'mariadb' => ['mariadb'], 'sqlite' => ['sqlite']];
    }

    /** @dataProvider servers */
    public function testConnectionThatIsInATransactionIsRefused(string $server): void
    {
        foreach ([PdoStore::class, PdoInbox::class] as $class) {
            foreach (['by PDO', 'by SQL'] as $way) {
                $connection = Stores::connect(Stores::url($server, $this->folder));
                $store = new $class(fn () => $connection, prefix: $this->name, table: $this->name);
                $store->createTable();
                $way === 'by PDO' ? $connection->beginTransaction() : $connection->exec('BEGIN');
                $connection->query("SELECT count(*) FROM {$this->name}")->fetchAll();
                $this->refused($store, 'IN_TRANSACTION');
                // The application's transaction is still open.
                $way === 'by PDO' ? $connection->commit() : $connection->exec('COMMIT');
                $receiver = $this->receiver($store, static fn () => null);
                self::assertSame(200, $this->deliver($receiver, "evt {$class} {$way}")->status);
            }
        }
    }

    /** @dataProvider servers */
    public function testHandlerThatRollsBackHasFailed(string $server): void
    {
        foreach (['by PDO', 'by SQL', 'and begins another'] as $way) {
            $store = $this->inbox($server);
            $end = static function (array $event, Claim $claim) use ($way, $server): void {
                $way === 'by PDO' && $server !== 'sqlite' ? $claim->connection->rollBack() : $claim->connection->exec('ROLLBACK');
                self::assertFalse($claim->extend());
                $way === 'and begins another' && $claim->connection->beginTransaction();
            };
            self::assertSame(500, $this->deliver($this->receiver($store, $end), "evt {$way}")->status, $way);
            self::assertSame('rolled_back', end($this->logger->records)[2]['reason']);
            self::assertSame(['failed', 'TransactionRolledBack'], array_values(array_intersect_key(
                $store->deadLetters()[0],
                ['reason' => 1, 'error' => 1]
            )));
            self::assertSame(200, $this->deliver($this->receiver($store, static fn () => null), "evt {$way}")->status);
        }
    }

    /** @dataProvider servers */
    public function testHandlerThatCommitsParksItsEvent(string $server): void
    {
        $ways = ['by SQL' => ['COMMIT', false], 'by SQL, and throws' => ['COMMIT', true]];
        if ($server === 'mariadb') {
            $ways['by DDL'] = ["CREATE TABLE {$this->name}_ddl (a int)", false];
            $ways['by DDL, and throws'] = ["CREATE TABLE {$this->name}_more (a int)", true];
        }
        foreach ($ways as $way => [$sql, $throws]) {
            $store = $this->inbox($server);
            $calls = 0;
            $commit = static function (array $event, Claim $claim) use ($sql, $throws, &$calls): void {
                ++$calls;
                $claim->connection->exec($sql);
                if ($throws) {
                    throw new RuntimeException();
                }
            };
            $receiver = $this->receiver($store, $commit);
            self::assertSame(500, $this->deliver($receiver, "evt {$way}")->status);
            self::assertSame($throws ? 'raised' : 'committed', end($this->logger->records)[2]['reason']);
            self::assertSame(['parked'], array_column($store->deadLetters(), 'reason'));
            // Its effect exists, so only a retry by its key handles it again.
            self::assertSame(500, $this->deliver($receiver, "evt {$way}")->status);
            self::assertSame(['parked', 1], [end($this->logger->records)[2]['reason'], $calls]);
            $fixed = $this->receiver($store, static fn () => null);
            self::assertSame(200, $fixed->retry("{$this->name}:evt {$way}")->status);
            self::assertSame([], $store->deadLetters());
        }
    }

    public function testHandlerThatLeavesTheTransactionAbortedHasFailed(): void
    {
        $store = $this->inbox('postgres');
        $abort = static function (array $event, Claim $claim): void {
            try {
                $claim->connection->exec('SELECT 1/0');
            } catch (PDOException) {
                // Handlers often swallow such errors.
            }
        };
        self::assertSame(500, $this->deliver($this->receiver($store, $abort), 'evt_1')->status);
        self::assertSame('aborted', end($this->logger->records)[2]['reason']);
        self::assertSame(200, $this->deliver($this->receiver($store, static fn () => null), 'evt_1')->status);
    }

    /** @dataProvider servers */
    public function testSavepointsOfAHandlerCommitNothing(string $server): void
    {
        $store = $this->inbox($server);
        $nested = static function (array $event, Claim $claim): void {
            $claim->connection->exec('SAVEPOINT of_an_orm');
            self::assertTrue($claim->extend());
            $claim->connection->exec('RELEASE SAVEPOINT of_an_orm');
            $claim->attempt === 1 ? throw new RuntimeException() : null;
        };
        self::assertSame(500, $this->deliver($this->receiver($store, $nested), 'evt_1')->status);
        self::assertSame(200, $this->deliver($this->receiver($store, $nested), 'evt_1')->status);
    }

    /** @dataProvider servers */
    public function testTableIsCreatedByManyProcessesAtOnce(string $server): void
    {
        $processes = [];
        for ($number = 0; $number < 6; ++$number) {
            $code = 'require $argv[1]; Payvost\\Webhooks\\Tests\\Support\\Stores::open($argv[2], ["table" => $argv[3]])->createTable();';
            $arguments = [__DIR__ . '/bootstrap.php', Stores::url($server, $this->folder), $this->name];
            $processes[] = proc_open(Php::commandWithClients(['-r', $code, '--', ...$arguments]), [], $pipes);
        }
        self::assertSame(array_fill(0, 6, 0), array_map(proc_close(...), $processes));
        $store = new PdoStore(fn () => Stores::connect(Stores::url($server, $this->folder)), table: $this->name);
        self::assertSame([], $store->deadLetters());
    }

    /** @dataProvider servers */
    public function testTableCanBeCreatedByAMigration(string $server): void
    {
        $connection = Stores::connect(Stores::url($server, $this->folder));
        $definition = PdoStore::tableDefinition($server === 'mariadb' ? 'mysql' : $server, $this->name);
        foreach (array_filter(array_map(trim(...), explode(';', $definition))) as $statement) {
            $connection->exec($statement);
        }
        $receiver = $this->receiver(new PdoStore(fn () => $connection, table: $this->name), static fn () => null);
        self::assertSame(200, $this->deliver($receiver, 'evt_1')->status);
        $this->assertInvalid(fn () => PdoStore::tableDefinition('oracle'), 'dialect must be');
    }

    public function testDeadlockIsTriedAgain(): void
    {
        $url = Stores::url('postgres', $this->folder);
        $store = $this->store('postgres');
        $serializable = static function () use ($url): PDO {
            $connection = Stores::connect($url);
            $connection->exec('SET default_transaction_isolation = serializable; SET lock_timeout = 50');

            return $connection;
        };
        // Another process locks the row for a while.
        $this->deliver($this->receiver($store, static fn () => throw new RuntimeException()), 'evt_1');
        $pid = pcntl_fork();
        if ($pid === 0) {
            $other = Stores::connect($url);
            $other->beginTransaction();
            $other->exec("SELECT * FROM {$this->name} FOR UPDATE");
            usleep(400_000);
            $other->commit();
            posix_kill(getmypid(), SIGKILL);
        }
        usleep(200_000);
        $again = new PdoStore($serializable, prefix: $this->name, table: $this->name);
        self::assertSame(200, $this->deliver($this->receiver($again, static fn () => null), 'evt_1')->status);
        pcntl_waitpid($pid, $status);
    }

    private function inbox(string $server): PdoInbox
    {
        $connection = Stores::connect(Stores::url($server, $this->folder));
        $store = new PdoInbox(fn () => $connection, prefix: $this->name, table: $this->name);
        $store->createTable();

        return $store;
    }

    /** @dataProvider servers */
    public function testWritesOfAFailedHandlerAreRolledBack(string $server): void
    {
        $connection = Stores::connect(Stores::url($server, $this->folder));
        $connection->exec("CREATE TABLE {$this->name}_o (id varchar(20))");
        $store = new PdoInbox(fn () => $connection, prefix: $this->name, table: $this->name);
        $store->createTable();
        $receiver = $this->receiver($store, function (array $event, Claim $claim) use ($connection): void {
            self::assertSame($connection, $claim->connection);
            $claim->connection->exec("INSERT INTO {$this->name}_o VALUES ('a')");
            self::assertTrue($claim->extend());
            $claim->attempt === 1 ? throw new RuntimeException() : null;
        });
        $this->deliver($receiver, 'evt_1');
        self::assertSame(0, (int) $connection->query("SELECT count(*) FROM {$this->name}_o")->fetchColumn());
        self::assertSame(1, $store->deadLetters()[0]['attempts']);
        $this->deliver($receiver, 'evt_1');
        self::assertSame(1, (int) $connection->query("SELECT count(*) FROM {$this->name}_o")->fetchColumn());
        self::assertSame(['handler_failed', 'handled'], $this->codes());
    }

    public function testInboxRefusesPersistentConnectionsToMySql(): void
    {
        $url = parse_url(Stores::url('mariadb', $this->folder));
        $dsn = "mysql:host={$url['host']};port={$url['port']};dbname=test";
        $connection = new PDO($dsn, 'root', null, [PDO::ATTR_PERSISTENT => true]);
        $this->refused(new PdoInbox(fn () => $connection, prefix: $this->name), 'PERSISTENT_CONNECTION');
        (new PdoStore(fn () => $connection, prefix: $this->name, table: $this->name))->createTable();
    }

    public function testConnectionThatCannotBeReopenedIsRefused(): void
    {
        foreach (['postgres', 'mariadb'] as $server) {
            $connection = Stores::connect(Stores::url($server, $this->folder));
            foreach ([PdoStore::class, PdoInbox::class] as $class) {
                $this->assertInvalid(fn () => new $class($connection), 'connection must be a function that opens one');
            }
        }
        $sqlite = new PDO('sqlite::memory:');
        (new PdoStore($sqlite, table: $this->name))->createTable();
    }

    /**
     * @testWith ["postgres"]
     *           ["mariadb"]
     */
    public function testConnectionThatIsCutWhileIdleIsReopened(string $server): void
    {
        $opened = [];
        $connect = function () use ($server, &$opened): PDO {
            return $opened[] = Stores::connect(Stores::url($server, $this->folder));
        };
        $store = new PdoStore($connect, prefix: $this->name, table: $this->name);
        $store->createTable();
        $receiver = $this->receiver($store, static fn () => null);
        $this->deliver($receiver, 'evt_1');
        [$id, $kill] = $server === 'postgres' ? ['pg_backend_pid()', 'SELECT pg_terminate_backend(%d)'] : ['connection_id()', 'KILL %d'];
        $number = $opened[0]->query("SELECT {$id}")->fetchColumn();
        Stores::connect(Stores::url($server, $this->folder))->exec(sprintf($kill, $number));
        $this->deliver($receiver, 'evt_2');

        self::assertSame(['handled', 'handled'], $this->codes());
        self::assertCount(2, $opened);
    }

    /** @return iterable<string, array{string, bool}> */
    public function charsetsOfMySql(): iterable
    {
        foreach (['utf8mb4', 'utf8mb3', 'latin1', 'cp1251', 'gbk', 'sjis', 'big5'] as $charset) {
            yield "{$charset}, emulated" => [$charset, true];
            yield "{$charset}, native" => [$charset, false];
        }
    }

    /**
     * Under GBK and similar charsets, a payload could break out of the quotes that PDO's emulated prepares add.
     *
     * @dataProvider charsetsOfMySql
     */
    public function testCharsetOfMySqlChangesNoBytes(string $charset, bool $isEmulated): void
    {
        $connect = function () use ($charset, $isEmulated): PDO {
            $connection = Stores::connect(Stores::url('mariadb', $this->folder));
            $connection->setAttribute(PDO::ATTR_EMULATE_PREPARES, $isEmulated);
            $connection->exec("SET NAMES {$charset}");

            return $connection;
        };
        $id = 'evt_é忿Я表';
        $attack = ['data' => ['note' => "忿', NULL), ('x', 'x', 'done', 'x', 1, 0, 0, 0, 'x', NULL, NULL, NULL) -- 表'"]];
        foreach ([PdoStore::class, PdoInbox::class] as $number => $class) {
            $table = "{$this->name}_{$number}";
            $utf8 = new $class(fn () => Stores::connect(Stores::url('mariadb', $this->folder)), prefix: $this->name, table: $table);
            $utf8->createTable();
            $theirs = new $class($connect, prefix: $this->name, table: $table);
            $fails = $this->receiver($theirs, static fn () => throw new RuntimeException());
            self::assertSame(500, $this->deliver($fails, $id, $attack)->status);
            $key = "{$this->name}:{$id}";
            self::assertSame([$key], array_column($utf8->deadLetters(), 'key'));
            self::assertSame([$key], array_column($theirs->deadLetters(), 'key'));
            self::assertSame(self::body($id, $attack), $utf8->delivery($key)['payload']);
            self::assertSame($utf8->delivery($key), $theirs->delivery($key));
            self::assertSame(200, $this->deliver($this->receiver($theirs, static fn () => null), $id, $attack)->status);
            $this->deliver($this->receiver($utf8, static fn () => self::fail('handled by two')), $id, $attack);
            self::assertSame('already_handled', end($this->results)->code);
        }
    }

    /** @return array<string, array{string}> */
    public function encodingsOfPostgres(): array
    {
        return ['Latin 1' => ['LATIN1'], 'Windows 1251' => ['WIN1251'], 'GBK' => ['GBK'], 'none' => ['SQL_ASCII'], 'UTF-8' => ['UTF8']];
    }

    /** @dataProvider encodingsOfPostgres */
    public function testEncodingOfPostgresChangesNoBytes(string $encoding): void
    {
        $connect = function () use ($encoding): PDO {
            $connection = Stores::connect(Stores::url('postgres', $this->folder));
            $connection->exec("SET client_encoding TO '{$encoding}'");

            return $connection;
        };
        $utf8 = $this->store('postgres');
        $find = static fn (PDO $connection): string => $connection->query('SHOW client_encoding')->fetchColumn();
        foreach ([PdoStore::class, PdoInbox::class] as $class) {
            $id = "evt_é{$class}";
            $theirs = new $class($connect, prefix: $this->name, table: $this->name);
            $fails = $this->receiver($theirs, function (array $event, Claim $claim) use ($find, $encoding): void {
                $claim->connection === null ?: self::assertSame($encoding, $find($claim->connection));
                $claim->connection?->exec('SELECT nothing');
                throw new RuntimeException();
            });
            self::assertSame(500, $this->deliver($fails, $id)->status);
            self::assertSame(["{$this->name}:{$id}"], array_column($utf8->deadLetters(), 'key'));
            self::assertSame(200, $this->deliver($this->receiver($theirs, static fn () => null), $id)->status);
            $this->deliver($this->receiver($utf8, static fn () => self::fail('handled by two')), $id);
            self::assertSame('already_handled', end($this->results)->code);
        }
    }

    public function testMissingTableIsUnavailable(): void
    {
        foreach ([PDO::ERRMODE_EXCEPTION, PDO::ERRMODE_SILENT] as $mode) {
            $connect = function () use ($mode): PDO {
                $connection = Stores::connect(Stores::url('postgres', $this->folder));
                $connection->setAttribute(PDO::ATTR_ERRMODE, $mode);

                return $connection;
            };
            $this->refused(new PdoStore($connect, table: $this->name), '42P01');
        }
    }

    /** @dataProvider servers */
    public function testRowsAreForgottenInBatches(string $server): void
    {
        $connection = Stores::connect(Stores::url($server, $this->folder));
        $store = new PdoStore(fn () => $connection, prefix: $this->name, table: $this->name);
        $store->createTable();
        $receiver = $this->receiver($store, static fn () => null);
        for ($number = 0; $number < 25; ++$number) {
            $this->deliver($receiver, "evt_{$number}");
        }
        self::assertSame(0, $store->forget());
        $connection->exec("UPDATE {$this->name} SET forget_at = 1 WHERE claim_key <> '{$this->name}:evt_0'");
        self::assertSame(24, $store->forget(batch: 8));
        self::assertSame(1, (int) $connection->query("SELECT count(*) FROM {$this->name}")->fetchColumn());
    }

    private function withFoundRows(): PDO
    {
        $url = parse_url(Stores::url('mariadb', $this->folder));
        $dsn = "mysql:host={$url['host']};port={$url['port']};dbname=test";

        return new PDO($dsn, 'root', null, [PDO::MYSQL_ATTR_FOUND_ROWS => true]);
    }

    /** Every step of the protocol. */
    private function tryAll(Store $store): void
    {
        $this->results = [];
        $seen = [];
        $receiver = $this->receiver($store, function (array $event, Claim $claim) use (&$seen): void {
            $seen[] = [$claim->attempt, $event['data']['note']];
            self::assertTrue($claim->extend(600));
            $claim->attempt === 1 ? throw new RuntimeException() : null;
        });
        $data = ['data' => ['note' => self::TEXT]];
        $this->deliver($receiver, 'evt_1', $data);
        $key = "{$this->name}:evt_1";
        self::assertSame(
            [$key, 'failed', 1, 'RuntimeException'],
            array_values(array_intersect_key($store->deadLetters()[0], array_flip(['key', 'reason', 'attempts', 'error'])))
        );
        self::assertSame(self::body('evt_1', $data), $store->delivery($key)['payload']);
        self::assertSame(200, $receiver->retry($key)->status);
        $this->deliver($receiver, 'evt_1', $data);
        $this->deliver($receiver, 'evt_1');
        self::assertSame([], $store->deadLetters());

        self::assertSame(['handler_failed', 'handled', 'already_handled', 'event_conflict'], $this->codes());
        self::assertSame([[1, self::TEXT], [2, self::TEXT]], $seen);
        // Different ids that a charset could damage or merge.
        foreach (["evt_\u{1F4B8}", "evt_\u{1F4B9}", "evt_\u{e9}", 'evt_?'] as $id) {
            $accepting = $this->receiver($store, static fn () => null);
            self::assertSame(200, $this->deliver($accepting, $id)->status);
            self::assertSame('handled', end($this->results)->code, $id);
            $this->deliver($accepting, $id);
            self::assertSame('already_handled', end($this->results)->code, $id);
        }
    }

    private function refused(Store $store, string $code, ?string $class = null): void
    {
        $response = $this->deliver($this->receiver($store, fn () => self::fail('handled without a claim')), 'evt_refused');
        self::assertSame([503, 'store_unavailable'], [$response->status, self::code($response)]);
        [$level, $line, $context] = end($this->logger->records);
        self::assertSame(['error', 'claim', $code], [$level, $context['place'], $context['error_code']]);
        self::assertSame($class ?? $context['error_class'], $context['error_class']);
        self::assertStringNotContainsString('secret', $line . json_encode($context));
    }

    private function assertInvalid(callable $make, string $message): void
    {
        try {
            $make();
            self::fail('nothing was refused');
        } catch (ConfigurationException $error) {
            self::assertSame('invalid_option', $error->getErrorCode());
            self::assertStringStartsWith($message, $error->getMessage());
            self::assertNotSame('', $error->getHint());
            self::assertSame(['code' => 'invalid_option', 'message' => $error->getMessage()], json_decode($error->getHttpBody(), true)['error']);
        }
    }
}

/** A statement that returns no rows. */
class ForgetfulStatement extends PDOStatement
{
    public function fetchAll(int $mode = PDO::FETCH_DEFAULT, mixed ...$args): array
    {
        return [];
    }
}
