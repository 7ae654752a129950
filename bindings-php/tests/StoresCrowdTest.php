<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use Fiber;
use Payvost\Webhooks\Stores\Claim;
use Payvost\Webhooks\Stores\MemoryStore;
use Payvost\Webhooks\Tests\Support\Effects;
use Payvost\Webhooks\Tests\Support\Files;
use Payvost\Webhooks\Tests\Support\Php;
use Payvost\Webhooks\Tests\Support\Sample;
use Payvost\Webhooks\Tests\Support\Stores;
use Payvost\Webhooks\WebhookReceiver;
use PHPUnit\Framework\TestCase;

/** Events that are each delivered 64 times at once take effect once each. */
final class StoresCrowdTest extends TestCase
{
    private const EVENTS_IN_MEMORY = 1_000;
    private const DELIVERIES = 64;

    private string $folder;

    private string $name;

    protected function setUp(): void
    {
        $this->folder = Files::temporaryFolder();
        $this->name = 'p' . bin2hex(random_bytes(6));
    }

    protected function tearDown(): void
    {
        Files::remove($this->folder);
    }

    /** @return array<string, array{string, int}> the store and the number of workers */
    public function stores(): array
    {
        return [
            'redis' => ['redis', 64],
            'postgres' => ['postgres', 16],
            'mariadb' => ['mariadb', 16],
            'sqlite' => ['sqlite', 2],
            'inbox+postgres' => ['inbox+postgres', 16],
            'inbox+mariadb' => ['inbox+mariadb', 16],
            'inbox+sqlite' => ['inbox+sqlite', 2],
        ];
    }

    /** @dataProvider stores */
    public function testEventsTakeEffectOnce(string $name, int $workers): void
    {
        $options = ['prefix' => $this->name] + ($name === 'redis' ? [] : ['table' => $this->name]);
        $events = self::events();
        [$codes, $counts] = $this->crowd($name, $workers, json_encode($options), '', $events);

        self::assertCount($events, $counts);
        self::assertSame([1], array_values(array_unique($counts)));
        self::assertSame($events, $codes['handled']);
        self::assertSame($events * self::DELIVERIES, array_sum($codes));
        self::assertSame([], array_diff_key($codes, ['handled' => 0, 'already_handled' => 0, 'in_progress' => 0]));
    }

    /**
     * Steps that fail with a serialization failure are repeated. On PostgreSQL, the store's connections are also cut all the time.
     *
     * @testWith ["postgres", false]
     *           ["postgres", true]
     *           ["mariadb", false]
     */
    public function testEventsTakeEffectOnceInSerializableTransactions(string $name, bool $isCut): void
    {
        $cutter = $isCut ? $this->cutConnections() : null;
        try {
            $options = json_encode(['prefix' => $this->name, 'table' => $this->name]);
            [$codes, $counts] = $this->crowd($name, 8, $options, '?serializable', 30, 16);
        } finally {
            $cutter === null ?: [posix_kill($cutter, SIGKILL), pcntl_waitpid($cutter, $status)];
        }

        self::assertCount(30, $counts);
        self::assertSame([1], array_values(array_unique($counts)));
        self::assertSame(30 * 16, array_sum($codes));
        $isCut ?: self::assertSame(30, $codes['handled'], json_encode($codes));
        $isCut ?: self::assertArrayNotHasKey('store_unavailable', $codes);
    }

    /** The code of the provider's guide, with the same deliveries. */
    public function testTheGuidesCodeHandlesDuplicatesTwice(): void
    {
        $events = self::events();
        [, $counts] = $this->crowd('redis', 64, 'guide', '', $events);

        self::assertCount($events, $counts);
        self::assertGreaterThan($events, array_sum($counts));
        fprintf(STDERR, " [the guide's code: %d events took effect %d times] ", $events, array_sum($counts));
    }

    /** In one process, as in a server with fibers. */
    public function testEventsTakeEffectOnceInMemory(): void
    {
        $effects = [];
        $receiver = new WebhookReceiver(Sample::SECRET, function (array $event, Claim $claim) use (&$effects): void {
            Fiber::suspend();
            $effects[$event['id']] = ($effects[$event['id']] ?? 0) + 1;
        }, store: new MemoryStore());
        $statuses = [];
        for ($number = 0; $number < self::EVENTS_IN_MEMORY; ++$number) {
            $body = str_replace('evt_1', "evt_{$number}", Sample::EVENT);
            $deliver = static function () use ($receiver, $body, &$statuses): void {
                $statuses[] = $receiver->receive($body, Sample::sign($body))->status;
            };
            $fibers = array_map(static fn (): Fiber => new Fiber($deliver), range(1, self::DELIVERIES));
            array_map(static fn (Fiber $fiber) => $fiber->start(), $fibers);
            array_map(static fn (Fiber $fiber) => $fiber->isTerminated() ?: $fiber->resume(), $fibers);
        }

        self::assertCount(self::EVENTS_IN_MEMORY, $effects);
        self::assertSame([1], array_values(array_unique($effects)));
        self::assertSame([409 => 63_000, 200 => 1_000], array_count_values($statuses));
    }

    /** With processes, 1,000 events take minutes. Set PAYVOST_WHOLE_FLOOD=1 to deliver all to each store. */
    private static function events(): int
    {
        return getenv('PAYVOST_WHOLE_FLOOD') ? 1_000 : 100;
    }

    /** @return int the process that cuts the stores' connections until it is killed */
    private function cutConnections(): int
    {
        $url = Stores::url('postgres', $this->folder);
        $pid = pcntl_fork();
        if ($pid === 0) {
            $database = Stores::connect($url);
            while (true) {
                $database->query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'serializable'");
                usleep(30_000);
            }
        }

        return $pid;
    }

    /** @return array{array<string, int>, array<string, int>} the number of results by code, and of effects by event */
    private function crowd(
        string $name,
        int $workers,
        string $options,
        string $query,
        int $events,
        int $deliveries = self::DELIVERIES
    ): array {
        $url = Stores::url($name, $this->folder);
        if ($name !== 'redis') {
            Stores::open($url, json_decode($options, true))->createTable();
        }
        $effects = new Effects(Stores::connect($url), "{$this->name}_effects");
        $effects->create();
        [$exit, $output] = Php::execute(Php::commandWithClients([
            __DIR__ . '/receivers/crowd.php',
            $url . $query,
            $options,
            "{$this->name}_effects",
            (string) $workers,
            (string) intdiv($deliveries, $workers),
            (string) $events,
        ]));
        self::assertSame(0, $exit, $output);

        // The lines before the last one are the workers' logs.
        return [json_decode((string) substr(strrchr("\n{$output}", "\n"), 1), true), $effects->counts()];
    }
}
