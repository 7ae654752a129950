<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use Error;
use Payvost\Webhooks\ClaimPolicy;
use Payvost\Webhooks\Internal\Delivery;
use Payvost\Webhooks\Internal\Fault;
use Payvost\Webhooks\Internal\MemoryClaims;
use Payvost\Webhooks\Internal\Receiver;
use Payvost\Webhooks\Internal\RedisProgram;
use Payvost\Webhooks\Internal\RouteTable;
use Payvost\Webhooks\Internal\SqlProgram;
use Payvost\Webhooks\Internal\SqlTable;
use Payvost\Webhooks\Tests\Support\Files;
use Payvost\Webhooks\Tests\Support\Php;
use Payvost\Webhooks\Tests\Support\Sample;
use Payvost\Webhooks\Tests\Support\Server;
use Payvost\Webhooks\WebhookException;
use Payvost\Webhooks\WebhookVerifier;
use PHPUnit\Framework\TestCase;

use function Payvost\Webhooks\verifyWebhook;

/** PHP's memory and the library's own are freed, even if PHP ends a request in the middle of a call. */
final class MemoryTest extends TestCase
{
    public function testCallsLeakNothing(): void
    {
        $payload = Sample::with('{"a":["one",2.5,{"\u0062":"\u0063\u0064","12":[]}],"":null}');
        $signature = Sample::sign($payload);
        $use = static function () use ($payload, $signature): void {
            $verifier = new WebhookVerifier([Sample::SECRET, 'whsec_another'], expectLiveMode: false);
            $verifier->verify($payload, $signature);
            verifyWebhook($payload, $signature, Sample::SECRET);
            $routes = new RouteTable();
            $routes->add('*');
            $receiver = new Receiver($verifier, new ClaimPolicy(prefix: 'memory'), $routes, false);
            $delivery = new Delivery($receiver, null);
            $delivery->readLimit('POST', '1', null);
            [$event] = $delivery->verify($payload, $signature);
            $delivery->token('random');
            $delivery->claimed(['claimed', 1]);
            $delivery->handled('Error', false);
            $delivery->failed(new Fault('PDOException', ['08006', '7'], 'a message', false));
            $delivery->record(new Error(), 'warning');
            $delivery->response();
            $delivery->result($event);
            (new Delivery($receiver, 'key'))->loaded(['payload' => $payload, 'signature' => $signature]);
            (new Delivery(new Receiver(' ', null, $routes, false), null))->verify($payload, $signature);
            $receiver->verifier()->verify($payload, $signature);
            (new SqlTable('claims'))->statement('mysql', 'claim');
            $program = new SqlProgram('claim', 2.0, null, true, false, null, 'token', 'fingerprint');
            $program->connected('mysql', true);
            $program->failed(new Fault('PDOException', ['42S02'], '', false));
            $program->reply();
            $program = new RedisProgram('claim', 2.0);
            $program->replied(['claimed', 1]);
            $program->reply();
            $claims = new MemoryClaims(10);
            $claims->claim(new ClaimPolicy(), 'key', 'a', 'type', 'token', $payload, $signature);
            $claims->release(new ClaimPolicy(), 'key', 'token', 'Error');
            $claims->deadLetters(9);
            $claims->delivery('key');
            $refused = [
                [$payload, str_repeat('0', 64)],
                ['{"id"', Sample::sign('{"id"')],
                ['{}', Sample::sign('{}')],
                [1, 1],
            ];
            foreach ($refused as $arguments) {
                try {
                    $verifier->verify(...$arguments);
                } catch (WebhookException) {
                }
            }
            try {
                new WebhookVerifier([Sample::SECRET, ' ']);
            } catch (WebhookException) {
            }
        };
        $use();
        $before = memory_get_usage();
        for ($number = 0; $number < 2000; ++$number) {
            $use();
        }
        self::assertSame($before, memory_get_usage());
    }

    /** @return array<string, array{list<string>}> request headers that select the way */
    public function ways(): array
    {
        return ['verifyWebhook()' => [[]], 'as a receiver does' => [['With-Policy: yes']]];
    }

    /**
     * @dataProvider ways
     *
     * @param list<string> $how
     */
    public function testRequestsThatRunOutOfMemoryLeakNothing(array $how): void
    {
        $payload = Sample::with('[' . implode(',', array_fill(0, 40_000, '{"key":"\u0076alue"}')) . ']');
        self::assertLessThan(1 << 20, strlen($payload));
        $server = new Server(__DIR__ . '/receivers/memory.php');
        $exhaust = static fn (): string => $server->post($payload, ['Room: ' . (8 << 20), ...$how])[1];
        $enough = static fn (): array => $server->post($payload, ['Room: ' . (256 << 20), ...$how]);

        // A request that runs out of memory has no result, but the process goes on. PHP sets the status: 500, but releases before
        // 8.2.35 can run out of memory again while they set it.
        self::assertNotSame('5', $exhaust());
        self::assertSame([200, '5'], $enough());
        for ($number = 0; $number < 10; ++$number) {
            $exhaust();
        }
        $before = $server->residentBytes();
        for ($number = 0; $number < 40; ++$number) {
            self::assertNotSame('5', $exhaust());
        }
        // Each of them used more than a megabyte of the library's own memory.
        self::assertLessThan(20 << 20, $server->residentBytes() - $before);
        self::assertSame([200, '5'], $enough());
    }

    /** @return array<string, array{string}> the values in the events */
    public function largeValues(): array
    {
        return [
            'a list' => ['[' . str_repeat('1,', 1_500_000) . '1]'],
            'a list in a list' => ['[[' . str_repeat('1,', 1_500_000) . '1]]'],
            'an object' => ['{' . implode(',', array_map(static fn (int $key): string => "\"{$key}\":1", range(1, 600_000))) . '}'],
            'a string' => ['"' . str_repeat('a', 30_000_000) . '"'],
            'a key' => ['{"' . str_repeat('a', 30_000_000) . '":1}'],
        ];
    }

    /**
     * PHP 8.2.35 and later kill the process if an allocation exceeds twice the limit.
     *
     * @dataProvider largeValues
     */
    public function testLargeValueOverTheMemoryLimitEndsTheScriptAsJsonDecodeDoes(string $value): void
    {
        $file = Files::temporaryFolder() . '/payload.json';
        file_put_contents($file, Sample::with($value));
        $script = <<<'PHP'
            $payload = file_get_contents($argv[1]);
            $signature = Payvost\Webhooks\sign($payload, 'whsec_memory');
            $verifier = new Payvost\Webhooks\WebhookVerifier('whsec_memory', maxPayloadBytes: 1 << 27);
            ini_set('memory_limit', (string) (memory_get_usage(true) + (2 << 20)));
            register_shutdown_function(static fn () => fwrite(STDOUT, 'shut down'));
            $argv[2] === 'json_decode' ? json_decode($payload, true) : $verifier->verify($payload, $signature);
            PHP;
        foreach (['json_decode', 'verify'] as $function) {
            [$code, $output] = Php::run(['-d', 'memory_limit=512M', '-r', $script, $file, $function]);
            self::assertSame(255, $code, "{$function}: {$output}");
            self::assertMatchesRegularExpression('~Allowed memory size of \d+ bytes exhausted~', $output, $function);
            self::assertStringEndsWith('shut down', $output, $function);
        }
        Files::remove(dirname($file));
    }

    /** The library's own memory does not count for `memory_limit`. */
    public function testScriptEndsWhereTheSystemHasNoMemoryForTheLibrary(): void
    {
        $script = <<<'PHP'
            $payload = '{"id":"evt_1","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":{"list":['
                . str_repeat('1,', 8_000_000) . '1]}}';
            $signature = hash_hmac('sha256', $payload, 'whsec_memory');
            $verifier = new Payvost\Webhooks\WebhookVerifier('whsec_memory', maxPayloadBytes: 1 << 27);
            register_shutdown_function(static fn () => fwrite(STDOUT, 'shut down'));
            // Enough for a little more, but not for that many values.
            $used = 4096 * (int) file_get_contents('/proc/self/statm');
            exec('prlimit --pid ' . getmypid() . ' --as=' . ($used + (16 << 20)));
            try {
                $verifier->verify($payload, $signature);
                echo 'verified';
            } catch (Throwable) {
                echo 'caught';
            }
            PHP;
        [$code, $output] = Php::run(['-d', 'memory_limit=-1', '-d', 'display_errors=1', '-r', $script]);
        self::assertSame(255, $code, $output);
        self::assertStringContainsString('Out of memory while a webhook was parsed', $output);
        self::assertStringEndsWith('shut down', $output);
    }

    /** The documented minimum. */
    public function testDeepestEventIsReceivedInAFiberOf64KiB(): void
    {
        $script = <<<'PHP'
            [, $library, $payload] = $argv;
            require $library;
            $receiver = new Payvost\Webhooks\WebhookReceiver('whsec_fiber', static fn (array $event) => null);
            $signature = Payvost\Webhooks\sign($payload, 'whsec_fiber');
            $fiber = new Fiber(static fn () => $receiver->receive($payload, $signature)->status);
            $fiber->start();
            echo $fiber->getReturn();
            PHP;
        foreach (['[' => ']', '{"\u0061b":' => '}'] as $begin => $end) {
            $payload = Sample::with(str_repeat($begin, 126) . '"\u0041"' . str_repeat($end, 126));
            $arguments = ['-d', 'fiber.stack_size=64K', '-d', 'error_log=/dev/null', '-r', $script, dirname(__DIR__) . '/library/autoload.php', $payload];
            self::assertSame([0, '200'], Php::run($arguments));
            $payload = Sample::with(str_repeat($begin, 127) . '"\u0041"' . str_repeat($end, 127));
            self::assertSame([0, '400'], Php::run([...array_slice($arguments, 0, -1), $payload]));
        }
    }
}
