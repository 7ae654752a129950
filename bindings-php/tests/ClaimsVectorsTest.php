<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use ArrayIterator;
use Payvost\Webhooks\ConfigurationException;
use Payvost\Webhooks\Internal\Limits;
use Payvost\Webhooks\Stores\ClaimRequest;
use Payvost\Webhooks\Stores\Store;
use Payvost\Webhooks\Tests\Support\Observed;
use Payvost\Webhooks\Tests\Support\Stores;
use Payvost\Webhooks\Tests\Support\StoresTestCase;

/** The sequences of steps that all languages share, on every store with leases. */
final class ClaimsVectorsTest extends StoresTestCase
{
    private const FILES = __DIR__ . '/../../tests/vectors/claims/*.json';

    private static Observed $observed;

    /** @var array<string, array<string, list<mixed>>> by store and case */
    private static array $replies = [];

    public static function setUpBeforeClass(): void
    {
        self::$observed = new Observed('claims');
    }

    /** @return iterable<string, array{string, array<string, mixed>}> */
    public function cases(): iterable
    {
        foreach (self::vectors() as $case) {
            foreach ([...Stores::LEASES, ...Stores::CLUSTERS] as $name) {
                yield "{$case['id']} {$name}" => [$name, $case];
            }
        }
    }

    public function testThereAreVectors(): void
    {
        self::assertGreaterThanOrEqual(36, count(self::vectors()));
    }

    /**
     * @dataProvider cases
     *
     * @param array<string, mixed> $case
     */
    public function testSequence(string $name, array $case): void
    {
        $cases = self::waits($case) ? array_filter(self::vectors(), self::waits(...)) : [$case];
        if (!isset(self::$replies[$name][$case['id']])) {
            $this->runTogether($name, $cases);
        }
        $replies = self::$replies[$name][$case['id']];
        self::assertSame(array_map(static fn (array $step): mixed => $step['expect'] ?? null, $case['steps']), $replies, $case['comment']);
        self::$observed->write(['id' => "{$name}/{$case['id']}", 'replies' => $replies]);
    }

    /**
     * While one case waits, the next one runs; a wait may take longer than it says.
     *
     * @param array<array<string, mixed>> $cases
     */
    private function runTogether(string $name, array $cases): void
    {
        $pending = [];
        foreach ($cases as ['id' => $id, 'policy' => $policy, 'steps' => $steps]) {
            $this->name = 'p' . bin2hex(random_bytes(6));
            $store = $this->store($name, isset($policy['lease_seconds']) ? ['leaseSeconds' => $policy['lease_seconds']] : []);
            $pending[] = [0.0, $id, $this->name, $store, new ArrayIterator($steps)];
        }
        $replies = [];
        while ($pending !== []) {
            [$moment, $id, $this->name, $store, $steps] = array_shift($pending);
            usleep((int) (1e6 * max(0, $moment - microtime(true))));
            for (; $steps->valid(); $steps->next()) {
                $step = $steps->current();
                if ($step['do'] === 'wait') {
                    $replies[$id][] = null;
                    $steps->next();
                    $pending[] = [microtime(true) + $step['milliseconds'] / 1000, $id, $this->name, $store, $steps];
                    continue 2;
                }
                $replies[$id][] = $step['do'] === 'prefix' ? $this->accepts($name, $step['prefix']) : $this->step($store, $step);
            }
        }
        self::$replies[$name] = $replies + (self::$replies[$name] ?? []);
    }

    /**
     * @param array<string, mixed> $case
     */
    private static function waits(array $case): bool
    {
        return in_array('wait', array_column($case['steps'], 'do'), true);
    }

    /**
     * @param array<string, mixed> $step
     */
    private function step(Store $store, array $step): mixed
    {
        $key = "{$this->name}:" . ($step['event'] ?? '');
        $worker = str_repeat($step['worker'] ?? '-', Limits::CLAIM_TOKEN_LENGTH);
        $ticket = isset($step['ticket_of']) ? str_repeat($step['ticket_of'], Limits::CLAIM_TOKEN_LENGTH) : '';
        $token = $ticket . $worker;

        return match ($step['do']) {
            'claim' => self::claimed($store->claim(self::request($key, $step['body']), $token)),
            // Like take(), with a fixed token.
            'take' => self::claimed((fn (): array => $this->takeOver($key, $ticket, $token))->call($store)),
            'discard' => $store->discard($key),
            'complete' => $store->complete($key, $token),
            'release' => $store->release($key, $token, $step['error']),
            'extend' => $store->extend($key, $token, $step['milliseconds']),
            'delivery' => $store->delivery($key)['payload'] ?? null,
            'dead_letters' => array_map(fn (array $letter): array => [
                substr($letter['key'], strlen("{$this->name}:")), $letter['reason'], $letter['attempts'], $letter['error'],
            ], $store->deadLetters()),
        };
    }

    private function accepts(string $name, string $prefix): bool
    {
        try {
            $this->store($name, ['prefix' => $prefix], false);
        } catch (ConfigurationException $refusal) {
            self::assertSame('invalid_option', $refusal->getErrorCode());

            return false;
        }

        return true;
    }

    private static function request(string $key, string $body): ClaimRequest
    {
        return new ClaimRequest($key, hash('sha256', $body), 'payment.succeeded', $body, str_repeat('a', 64));
    }

    /**
     * @param array{string, int} $reply
     *
     * @return array{claimed: int}|string
     */
    private static function claimed(array $reply): array|string
    {
        return $reply[0] === 'claimed' ? ['claimed' => $reply[1]] : $reply[0];
    }

    /** @return list<array<string, mixed>> */
    private static function vectors(): array
    {
        $files = array_map(static fn (string $file): string => (string) file_get_contents($file), glob(self::FILES) ?: []);
        $families = array_map(static fn (string $json): array => json_decode($json, true, 512, JSON_THROW_ON_ERROR), $files);

        return array_merge(...array_column($families, 'cases'));
    }
}
