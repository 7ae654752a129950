<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use Payvost\Webhooks\Tests\Support\Effects;
use Payvost\Webhooks\Tests\Support\Files;
use Payvost\Webhooks\Tests\Support\Php;
use Payvost\Webhooks\Tests\Support\Sample;
use Payvost\Webhooks\Tests\Support\Stores;
use PHPUnit\Framework\TestCase;

/** Killed workers lose nothing, and double an effect only in the documented case. */
final class StoresCrashTest extends TestCase
{
    private const POINTS = [
        'before the claim', 'after the claim', 'in the handler', 'after the effect', 'after complete',
    ];

    private string $folder;

    private string $name;

    /** @var array<string, mixed> further options of stores */
    private array $further = [];

    protected function setUp(): void
    {
        $this->folder = Files::temporaryFolder();
        $this->name = 'p' . bin2hex(random_bytes(6));
    }

    protected function tearDown(): void
    {
        Files::remove($this->folder);
    }

    /** @return array<string, array{string}> */
    public function stores(): array
    {
        $names = array_diff([...Stores::LEASES, ...Stores::INBOXES], ['memory']);

        return array_combine($names, array_map(static fn (string $name): array => [$name], $names));
    }

    /** @dataProvider stores */
    public function testKilledWorkersLoseNothing(string $name): void
    {
        $effects = $this->prepare($name);
        foreach (self::POINTS as $point) {
            [$exit, $output] = $this->worker($name, $point, $point);
            self::assertSame([SIGKILL, ''], [$exit, $output], "{$point}: the worker was not killed");
        }
        if (!str_starts_with($name, 'inbox+')) {
            $this->worker($name, 'held', 'in the handler', 60);
            self::assertSame('in_progress', $this->worker($name, 'held')[1]);
            usleep(1_050_000);
        }
        $expected = [];
        foreach (self::POINTS as $point) {
            // A database may need a moment to notice that a connection is gone.
            for ($attempt = 0; $attempt < 100; ++$attempt) {
                $code = $this->worker($name, $point)[1];
                if ($code !== 'in_progress') {
                    break;
                }
                usleep(20_000);
            }
            self::assertSame($point === 'after complete' ? 'already_handled' : 'handled', $code, $point);
            $isDoubled = $point === 'after the effect' && !str_starts_with($name, 'inbox+');
            $expected["evt {$point}"] = $isDoubled ? 2 : 1;
        }
        $counts = $effects->counts();
        ksort($expected);
        ksort($counts);
        self::assertSame($expected, $counts);
    }

    /** @dataProvider stores */
    public function testHandlerThatEndsTheScriptReleasesTheEvent(string $name): void
    {
        $effects = $this->prepare($name);
        foreach (['exit', 'fatal error'] as $end) {
            self::assertStringNotContainsString('handled', $this->worker($name, $end, $end)[1]);
            $letters = Stores::open(Stores::url($name, $this->folder), $this->options($name))->deadLetters();
            self::assertSame([["{$this->name}:evt {$end}", $end]], array_map(
                static fn (array $letter): array => [$letter['key'], $letter['error']],
                $letters
            ));
            self::assertSame('handled', $this->worker($name, $end)[1]);
        }
        self::assertCount(2, $effects->counts());
    }

    /** @return array<string, array{string}> */
    public function inboxes(): array
    {
        return array_combine(Stores::INBOXES, array_map(static fn (string $name): array => [$name], Stores::INBOXES));
    }

    /** @dataProvider inboxes */
    public function testInboxNotesAttemptsOfWorkersThatDie(string $name): void
    {
        $this->prepare($name);
        foreach ([['event' => 'noted', 'attempts' => [2]], ['event' => 'not noted', 'attempts' => []]] as $case) {
            $this->further = $case['attempts'] === [] ? ['noteAttempts' => false] : [];
            for ($killed = 0, $tries = 0; $killed < 2 && $tries < 100; ++$tries) {
                // A database may need a moment to notice that a connection is gone.
                $killed += (int) ($this->worker($name, $case['event'], 'in the handler')[0] === SIGKILL);
            }
            // For a while, the handler may still be running.
            Stores::connect(Stores::url($name, $this->folder))->exec("UPDATE {$this->name} SET changed_at = 0");
            $letters = Stores::open(Stores::url($name, $this->folder), $this->options($name))->deadLetters();
            $letters = array_filter($letters, fn (array $letter): bool => $letter['key'] === "{$this->name}:evt {$case['event']}");
            self::assertSame($case['attempts'], array_column($letters, 'attempts'));
        }
    }

    private function prepare(string $name): Effects
    {
        $url = Stores::url($name, $this->folder);
        if ($name !== 'redis') {
            Stores::open($url, $this->options($name))->createTable();
        }
        $effects = new Effects(Stores::connect($url), "{$this->name}_effects");
        $effects->create();

        return $effects;
    }

    /** @return array<string, mixed> */
    private function options(string $name, int $lease = 1): array
    {
        $table = $name === 'redis' ? [] : ['table' => $this->name];

        return ['leaseSeconds' => $lease, 'prefix' => $this->name] + $table + $this->further;
    }

    /**
     * Delivers the event of a point.
     *
     * @return array{int, string} the exit code, and the code of the result
     */
    private function worker(string $name, string $event, string $point = '', int $lease = 1): array
    {
        return Php::execute(Php::commandWithClients([
            __DIR__ . '/receivers/once.php',
            Stores::url($name, $this->folder),
            json_encode($this->options($name, $lease)),
            "{$this->name}_effects",
            str_replace('evt_1', "evt {$event}", Sample::EVENT),
            $point,
        ]));
    }
}
