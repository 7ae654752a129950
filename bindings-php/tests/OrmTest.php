<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use Closure;
use Payvost\Webhooks\ConfigurationException;
use Payvost\Webhooks\Response;
use Payvost\Webhooks\Stores\Claim;
use Payvost\Webhooks\Stores\PdoInbox;
use Payvost\Webhooks\Stores\PdoStore;
use Payvost\Webhooks\Tests\Support\Orm;
use Payvost\Webhooks\Tests\Support\Sample;
use Payvost\Webhooks\Tests\Support\Stores;
use Payvost\Webhooks\Tests\Support\StoresTestCase;
use Payvost\Webhooks\WebhookReceiver;
use PDO;
use RuntimeException;

/** An inbox in the transactions of Laravel and Doctrine: its own, and those that the caller begins. */
final class OrmTest extends StoresTestCase
{
    private Orm $orm;

    private PDO $other;

    private PdoInbox $inbox;

    private WebhookReceiver $receiver;

    private bool $isCallers;

    private Closure $request;

    /** What the handler does with the ORM at an attempt. */
    private Closure $effect;

    /** @return iterable<string, array{string, string, bool}> */
    public function orms(): iterable
    {
        foreach (['postgres', 'mariadb', 'sqlite'] as $server) {
            foreach (Orm::KINDS as $kind) {
                yield "{$kind}, {$server}" => [$kind, $server, false];
                yield "{$kind}, {$server}, in the caller's transaction" => [$kind, $server, true];
            }
        }
    }

    /** @dataProvider orms */
    public function testTheEffectIsExactlyOnce(string $kind, string $server, bool $isCallers): void
    {
        $this->open($kind, $server, $isCallers);
        $this->effect = function (int $attempt): void {
            $this->orm->insert('kept');
            $this->orm->inTransaction(fn () => $this->orm->insert('nested'));
            $attempt < 3 ? throw new RuntimeException('after it wrote') : null;
        };
        self::assertSame([500, 500], [$this->receive('evt_1')->status, $this->receive('evt_1')->status]);
        self::assertSame([], $this->rows());
        self::assertSame(['failed'], array_column($this->inbox->deadLetters(), 'reason'));
        self::assertSame([200, 200], [$this->receive('evt_1')->status, $this->receive('evt_1')->status]);
        self::assertSame(['kept', 'nested'], $this->rows());
        self::assertSame(['handler_failed', 'handler_failed', 'handled', 'already_handled'], $this->codes());
        self::assertSame(409, $this->receive('evt_1', ['data' => ['amount' => '1.00']])->status);
        self::assertSame([], $this->inbox->deadLetters());
    }

    /**
     * 64 duplicates at once in eight processes, after one that was killed when it had written.
     *
     * @dataProvider orms
     */
    public function testProcessesThatGetDuplicatesOrDie(string $kind, string $server, bool $isCallers): void
    {
        $this->open($kind, $server, $isCallers);
        $this->inProcesses(1, function (): void {
            $this->effect = function (): void {
                $this->orm->inTransaction(fn () => $this->orm->insert('killed'));
                posix_kill(getmypid(), SIGKILL);
            };
            $this->receive('evt_killed');
        });
        $this->effect = fn () => $this->orm->insert('once');
        $this->inProcesses(8, function (): void {
            for ($time = 0; $time < 8; ++$time) {
                $status = $this->receive('evt_1')->status;
                file_put_contents("{$this->folder}/statuses", "{$status}\n", FILE_APPEND);
            }
        });
        $statuses = array_count_values(file("{$this->folder}/statuses", FILE_IGNORE_NEW_LINES));
        self::assertSame([64, []], [array_sum($statuses), array_diff_key($statuses, [200 => 0, 409 => 0])], json_encode($statuses));
        self::assertSame([200, ['once']], [$this->receive('evt_1')->status, $this->rows()]);
        $this->effect = fn () => $this->orm->insert('killed');
        for ($try = 0; $try < 200 && $this->receive('evt_killed')->status === 409; ++$try) {
            // The database may need a moment to notice that the connection is gone.
            usleep(20_000);
        }
        self::assertSame([200, ['killed', 'once']], [$this->receive('evt_killed')->status, $this->rows()]);
    }

    /** @dataProvider orms */
    public function testNestedTransactionThatFailsUndoesOnlyItself(string $kind, string $server, bool $isCallers): void
    {
        if ($kind === 'Doctrine ORM') {
            self::assertTrue(true, 'its entity manager closes when a nested transaction fails');

            return;
        }
        $this->open($kind, $server, $isCallers);
        $this->effect = function (): void {
            $this->orm->insert('kept');
            try {
                $this->orm->inTransaction(function (): void {
                    $this->orm->insert('undone');
                    throw new RuntimeException();
                });
            } catch (RuntimeException) {
                // It goes on.
            }
        };
        self::assertSame([200, ['kept']], [$this->receive('evt_1')->status, $this->rows()]);
    }

    /** @dataProvider orms */
    public function testHandlerThatCommitsIsParked(string $kind, string $server, bool $isCallers): void
    {
        $this->open($kind, $server, $isCallers);
        $this->effect = function (): void {
            $this->orm->insert('kept');
            $this->orm->commit();
        };
        self::assertSame([500, 500], [$this->receive('evt_1')->status, $this->receive('evt_1')->status]);
        self::assertSame(['kept'], $this->rows(), 'no second row');
        self::assertSame(['parked'], array_column($this->inbox->deadLetters(), 'reason'));
        $this->effect = static fn () => null;
        self::assertSame(200, $this->receive('evt_2')->status, 'the next event');
    }

    /** @dataProvider orms */
    public function testHandlerThatRollsBackHasFailed(string $kind, string $server, bool $isCallers): void
    {
        $this->open($kind, $server, $isCallers);
        $this->effect = function (int $attempt): void {
            $this->orm->insert('kept');
            $attempt === 1 ? $this->orm->rollBack() : null;
        };
        self::assertSame([500, []], [$this->receive('evt_1')->status, $this->rows()]);
        self::assertSame(['failed'], array_column($this->inbox->deadLetters(), 'reason'));
        self::assertSame([200, ['kept']], [$this->receive('evt_1')->status, $this->rows()]);
    }

    /** @dataProvider orms */
    public function testHandlerThatLeavesATransactionOpenHasFailed(string $kind, string $server, bool $isCallers): void
    {
        $this->open($kind, $server, $isCallers);
        $this->effect = function (): void {
            $this->orm->begin();
            $this->orm->insert('kept');
        };
        self::assertSame([500, []], [$this->receive('evt_1')->status, $this->rows()]);
        self::assertStringContainsString('is still open', $this->logger->records[0][2]['exception']->getMessage());
        $this->effect = static fn () => null;
        self::assertSame(200, $this->receive('evt_2')->status, 'the next event');
    }

    /** @dataProvider orms */
    public function testFailedStatementIsTheHandlersFailure(string $kind, string $server, bool $isCallers): void
    {
        $this->open($kind, $server, $isCallers);
        $this->other->exec("INSERT INTO {$this->name}_rows VALUES ('taken')");
        $this->effect = fn () => $this->orm->insert('taken');

        self::assertSame([500, 'handler_failed'], [($response = $this->receive('evt_1'))->status, self::code($response)]);
        self::assertSame(['failed'], array_column($this->inbox->deadLetters(), 'reason'));
        self::assertSame(['taken'], $this->rows());
    }

    public function testRefusedDeliveryLeavesTheCallersTransaction(): void
    {
        $this->open('Laravel', 'postgres', true);
        $response = $this->inbox->within(
            fn (Closure $work) => $this->orm->inTransaction(function () use ($work): void {
                $this->orm->insert('of the caller');
                $work();
            }),
            fn () => $this->receiver->receive('{}', str_repeat('0', 64))
        );
        self::assertSame([400, ['of the caller']], [$response->status, $this->rows()]);
    }

    public function testCallersWriteIsRolledBackWithTheHandlers(): void
    {
        $this->open('Laravel', 'postgres', true);
        $this->effect = static fn () => throw new RuntimeException('of the handler');
        $body = self::body('evt_1');
        $response = $this->inbox->within(
            fn (Closure $work) => $this->orm->inTransaction(function () use ($work): void {
                $work();
                $this->orm->insert('of the caller');
            }),
            fn () => $this->receiver->receive($body, Sample::sign($body))
        );
        self::assertSame([500, []], [$response->status, $this->rows()]);
        self::assertSame('of the handler', $this->logger->records[0][2]['exception']->getMessage());
    }

    public function testCommitThatFailsIsAnsweredWith503(): void
    {
        $this->open('Laravel', 'postgres', true);
        $this->effect = fn () => $this->orm->insert('kept');
        $body = self::body('evt_1');
        $response = $this->inbox->within(
            fn (Closure $work) => $this->orm->inTransaction(function () use ($work): void {
                $work();
                throw new RuntimeException('instead of the commit');
            }),
            fn () => $this->receiver->receive($body, Sample::sign($body))
        );
        self::assertSame([503, []], [$response->status, $this->rows()]);
        self::assertSame(200, $this->receive('evt_1')->status);
        self::assertSame(['kept'], $this->rows());
    }

    /** A commit inside of another transaction commits nothing. */
    public function testTransactionInsideOfAnotherOneIsNoCommit(): void
    {
        $this->open('Laravel', 'postgres', true);
        $this->effect = fn () => $this->orm->insert('kept');
        $this->request = fn () => $this->orm->begin();
        self::assertSame([500, []], [$this->receive('evt_1')->status, $this->rows()]);
    }

    public function testUnreachableServerIsAnsweredWith503(): void
    {
        $this->open('Laravel', 'postgres', true);
        $orm = new Orm('Laravel', 'postgres://nobody@127.0.0.1:1/nothing', 'rows');
        $inbox = new PdoInbox($orm->transactions);
        $receiver = $this->receiver($inbox, static fn () => null);
        $body = self::body('evt_1');
        $responses = [
            $inbox->within($orm->inTransaction(...), fn () => $receiver->receive($body, Sample::sign($body))),
            $receiver->receive($body, Sample::sign($body)),
        ];
        self::assertSame([503, 503], array_column($responses, 'status'));
        self::assertSame('connection_refused', $this->logger->records[0][2]['error_code']);
        self::assertSame('connection_refused', $this->logger->records[1][2]['error_code']);
    }

    public function testOpenTransactionIsRefused(): void
    {
        foreach (Orm::KINDS as $kind) {
            $this->open($kind, 'sqlite', false);
            $this->orm->begin();
            self::assertSame(503, $this->receive('evt_1')->status);
            $this->orm->rollBack();
            self::assertSame('IN_TRANSACTION', end($this->logger->records)[2]['error_code']);
            $this->effect = static fn () => null;
            self::assertSame(200, $this->receive('evt_1')->status);
            unlink("{$this->folder}/claims.sqlite");
        }
    }

    public function testConnectionThatHasGoneAwayIsOpenedAgain(): void
    {
        foreach (Orm::KINDS as $kind) {
            foreach (['postgres', 'mariadb'] as $server) {
                $this->open($kind, $server, false);
                $this->effect = fn () => $this->orm->insert("{$kind}");
                $kill = $server === 'postgres'
                    ? 'SELECT pg_terminate_backend(pg_backend_pid())'
                    : 'KILL CONNECTION_ID()';
                try {
                    $this->orm->run($kill);
                } catch (\Throwable) {
                    // It is gone.
                }
                self::assertSame([200, [$kind]], [$this->receive("evt_{$server}")->status, $this->rows()], "{$kind} {$server}");
                $this->name .= 'x';
            }
        }
    }

    public function testLeasesWorkInTheTransactionsOfAnOrmToo(): void
    {
        $this->open('Laravel', 'postgres', false);
        $store = new PdoStore($this->orm->transactions, prefix: $this->name, table: $this->name);
        $receiver = $this->receiver($store, fn () => $this->orm->insert('kept'));
        self::assertSame([200, 200], [$this->deliver($receiver, 'evt_1')->status, $this->deliver($receiver, 'evt_1')->status]);
        self::assertSame(['kept'], $this->rows());
    }

    public function testOnlyAnOrmsTransactionCanBeJoined(): void
    {
        $this->expectException(ConfigurationException::class);
        $this->expectExceptionMessage('connection must be Transactions for within()');
        (new PdoInbox(fn () => null))->within(static fn () => null, static fn () => null);
    }

    private function open(string $kind, string $server, bool $isCallers): void
    {
        $this->isCallers = $isCallers;
        $url = Stores::url($server, $this->folder);
        $this->other = Stores::connect($url);
        $this->other->exec("CREATE TABLE {$this->name}_rows (text varchar(20) PRIMARY KEY)");
        $this->request = fn () => $this->begin($kind, $url);
        ($this->request)();
        $this->inbox->createTable();
    }

    /** What a request makes for itself. */
    private function begin(string $kind, string $url): void
    {
        $this->orm = new Orm($kind, $url, "{$this->name}_rows");
        !$this->isCallers ?: $this->orm->nestWithSavepoints();
        $this->inbox = new PdoInbox($this->orm->transactions, prefix: $this->name, table: $this->name);
        $this->receiver = $this->receiver($this->inbox, function (array $event, Claim $claim): void {
            self::assertSame($this->orm->pdo(), $claim->connection);
            self::assertTrue($claim->extend(600));
            ($this->effect)($claim->attempt);
        });
    }

    /** Runs a function in processes that have connections of their own. */
    private function inProcesses(int $number, Closure $work): void
    {
        $children = [];
        while (count($children) < $number) {
            $child = pcntl_fork();
            if ($child === 0) {
                ($this->request)();
                $work();
                // Without PHP's shutdown, which would close the connections of the parent.
                posix_kill(getmypid(), SIGKILL);
            }
            $children[] = $child;
        }
        array_map(static fn (int $child): int => pcntl_waitpid($child, $status), $children);
    }

    /** @param array<string, mixed> $overrides */
    private function receive(string $id, array $overrides = []): Response
    {
        if (!$this->isCallers) {
            return $this->deliver($this->receiver, $id, $overrides);
        }

        // An entity manager is closed when its transaction fails, so each request has its own.
        ($this->request)();

        return $this->inbox->within($this->orm->inTransaction(...), fn () => $this->deliver($this->receiver, $id, $overrides));
    }

    /** @return list<string> what others see */
    private function rows(): array
    {
        return $this->other->query("SELECT text FROM {$this->name}_rows ORDER BY text")->fetchAll(PDO::FETCH_COLUMN);
    }
}
