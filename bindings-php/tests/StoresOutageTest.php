<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use PDO;
use Payvost\Webhooks\Stores\PdoStore;
use Payvost\Webhooks\Stores\RedisStore;
use Payvost\Webhooks\Tests\Support\Php;
use Payvost\Webhooks\Tests\Support\Service;
use Payvost\Webhooks\Tests\Support\Stores;
use Payvost\Webhooks\Tests\Support\StoresTestCase;
use Payvost\Webhooks\WebhookReceiver;

/** If a store is unreachable or silent, no event is handled without a claim. A worker's clock does not matter. */
final class StoresOutageTest extends StoresTestCase
{
    /** @var list<string> */
    private array $handled = [];

    private ?Service $paused = null;

    protected function tearDown(): void
    {
        $this->paused?->resume();
        parent::tearDown();
    }

    /** @return array<string, array{string, string}> */
    public function servers(): array
    {
        return [
            'redis' => ['redis', 'redis'],
            'postgres' => ['postgres', 'postgres'],
            'mariadb' => ['mariadb', 'mariadb'],
            'inbox+postgres' => ['inbox+postgres', 'postgres'],
            'inbox+mariadb' => ['inbox+mariadb', 'mariadb'],
        ];
    }

    /** @dataProvider servers */
    public function testStoreThatIsUnreachableBeforeTheClaim(string $name, string $server): void
    {
        $store = $this->store($name);
        $receiver = $this->receiver($store, $this->handle(...));
        self::assertSame(200, $this->deliver($receiver, 'evt_0')->status);
        Service::shared($server)->stop();
        // A worker whose connection breaks, and one that cannot connect.
        foreach ([$store, $this->store($name, [], false)] as $each) {
            $response = $this->deliver($this->receiver($each, $this->handle(...)), 'evt_1');
            self::assertSame([503, 'store_unavailable'], [$response->status, self::code($response)]);
            [$level, , $context] = end($this->logger->records);
            self::assertSame(['error', 'evt_1'], [$level, $context['event_id']]);
        }
        self::assertSame(503, $receiver->retry("{$this->name}:evt_1")->status);
        self::assertSame(['evt_0'], $this->handled);

        Service::shared($server)->start();
        self::assertSame(200, $this->deliver($receiver, 'evt_1')->status);
        $this->deliver($receiver, 'evt_0');
        self::assertSame('already_handled', end($this->results)->code);
        self::assertSame(['evt_0', 'evt_1'], $this->handled);
    }

    /** @dataProvider servers */
    public function testStoreThatBecomesUnreachableDuringHandling(string $name, string $server): void
    {
        $store = $this->store($name, ['leaseSeconds' => 1]);
        $receiver = $this->receiver($store, function (array $event) use ($server): void {
            $this->handle($event);
            count($this->handled) === 1 ? Service::shared($server)->stop() : null;
        });
        $response = $this->deliver($receiver, 'evt_1');
        self::assertSame([503, 'store_unavailable'], [$response->status, self::code($response)]);
        self::assertSame('complete', end($this->logger->records)[2]['place']);

        Service::shared($server)->start();
        $this->untilHandled($receiver, 'evt_1');
        // The completion is lost, so it is handled twice: leases allow that, and an inbox rolls the first one back.
        self::assertSame(['evt_1', 'evt_1'], $this->handled);
    }

    public function testRedisThatDoesNotAnswerTimesOut(): void
    {
        $url = Stores::url('redis', $this->folder);
        $connect = static fn () => Stores::connect($url);
        $client = $connect();
        // After reconnecting, it selects this database again.
        $client->select(3);
        $given = new RedisStore($client, prefix: $this->name, leaseSeconds: 1, timeoutSeconds: 0.2);
        $made = new RedisStore($connect, prefix: $this->name, leaseSeconds: 1, timeoutSeconds: 0.2);
        foreach (['given' => $given, 'made' => $made] as $way => $store) {
            $receiver = $this->receiver($store, $this->handle(...));
            $this->deliver($receiver, "evt_0 {$way}");
            $this->timesOut($receiver, 'redis', "evt_1 {$way}");
            // A late reply is not taken for that of a later step.
            $this->untilHandled($receiver, "evt_1 {$way}");
            $this->deliver($receiver, "evt_0 {$way}");
            self::assertSame('already_handled', end($this->results)->code);
        }
        self::assertSame(['evt_0 given', 'evt_1 given', 'evt_0 made', 'evt_1 made'], $this->handled);
    }

    public function testMariaDbThatDoesNotAnswerTimesOut(): void
    {
        $before = ini_set('mysqlnd.net_read_timeout', '1');
        try {
            $receiver = $this->receiver($this->store('mariadb', ['leaseSeconds' => 1]), $this->handle(...));
            $this->deliver($receiver, 'evt_0');
            $this->timesOut($receiver, 'mariadb', 'evt_1');
            $this->untilHandled($receiver, 'evt_1');
        } finally {
            ini_set('mysqlnd.net_read_timeout', $before);
        }
        self::assertSame(['evt_0', 'evt_1'], $this->handled);
    }

    public function testPostgresThatIsLockedTimesOut(): void
    {
        $this->store('postgres');
        $url = parse_url(Stores::url('postgres', $this->folder));
        $dsn = "pgsql:host={$url['host']};port={$url['port']};dbname=postgres;user=postgres;options='-c statement_timeout=200'";
        $store = new PdoStore(static fn (): PDO => new PDO($dsn), prefix: $this->name, table: $this->name);
        $receiver = $this->receiver($store, $this->handle(...));
        $other = Stores::connect(Stores::url('postgres', $this->folder));
        $other->beginTransaction();
        $other->exec("LOCK TABLE {$this->name}");
        self::assertSame(503, $this->deliver($receiver, 'evt_1')->status);
        self::assertSame('57014', end($this->logger->records)[2]['error_code']);
        $other->rollBack();

        self::assertSame(200, $this->deliver($receiver, 'evt_1')->status);
        self::assertSame(['evt_1'], $this->handled);
    }

    /** @return array<string, array{string}> */
    public function storesWithAClock(): array
    {
        $names = ['redis', 'postgres', 'mariadb', 'inbox+postgres', 'inbox+mariadb'];

        return array_combine($names, array_map(static fn (string $name): array => [$name], $names));
    }

    /** @dataProvider storesWithAClock */
    public function testClockOfAWorkerDoesNotMatter(string $name): void
    {
        $receiver = $this->receiver($this->store($name, ['leaseSeconds' => 1]), $this->handle(...));
        // By its own clock, the lease of this worker, which dies, ends in two days.
        $this->worker($name, '+2d', 'evt ahead', 'in the handler', 1);
        $this->untilHandled($receiver, 'evt ahead');
        // By their clocks, the event was handled two days ago or in the future, and is remembered for one day.
        foreach (['-2d', '+2d'] as $clock) {
            self::assertSame('already_handled', $this->worker($name, $clock, 'evt ahead', '', 1));
        }
        if (str_starts_with($name, 'inbox+')) {
            // Its claims end with the connection.
            return;
        }
        // By its own clock, this worker's lease ended two days ago.
        $this->worker($name, '-2d', 'evt behind', 'in the handler', 60);
        $this->deliver($receiver, 'evt behind');
        self::assertSame('in_progress', end($this->results)->code);
        // And this worker takes a valid lease for one that ended long ago.
        self::assertSame('in_progress', $this->worker($name, '+2d', 'evt behind', '', 60));
        self::assertSame(['evt ahead'], $this->handled);
    }

    /** The result of the delivery of `deliver()` in a worker with another clock. */
    private function worker(string $name, string $clock, string $id, string $point, int $lease): string
    {
        $options = ['leaseSeconds' => $lease, 'prefix' => $this->name];
        $options += $name === 'redis' ? [] : ['table' => $this->name];
        $script = __DIR__ . '/receivers/once.php';
        $arguments = [Stores::url($name, $this->folder), json_encode($options), 'none', self::body($id), $point];
        $faketime = ['faketime', '-f', $clock];

        return Php::execute([...$faketime, ...Php::commandWithClients([$script, ...$arguments])])[1];
    }

    /**
     * @param array<string, mixed> $event
     */
    private function handle(array $event): void
    {
        $this->handled[] = $event['id'];
    }

    /** Delivers again until the other worker's lease is over and the event is handled. */
    private function untilHandled(WebhookReceiver $receiver, string $id): void
    {
        for ($attempt = 0; $attempt < 400; ++$attempt) {
            $this->deliver($receiver, $id);
            $code = end($this->results)->code;
            if ($code !== 'in_progress') {
                break;
            }
            usleep(50_000);
        }
        self::assertSame('handled', $code);
    }

    private function timesOut(WebhookReceiver $receiver, string $server, string $id): void
    {
        $this->paused = Service::shared($server);
        $this->paused->pause();
        $started = hrtime(true);
        $response = $this->deliver($receiver, $id);
        $seconds = (hrtime(true) - $started) / 1e9;
        $this->paused->resume();

        self::assertSame(503, $response->status);
        self::assertLessThan(20, $seconds);
        self::assertNotContains($id, $this->handled);
    }
}
