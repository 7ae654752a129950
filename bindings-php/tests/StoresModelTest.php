<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use Payvost\Webhooks\Stores\ClaimRequest;
use Payvost\Webhooks\Stores\MemoryStore;
use Payvost\Webhooks\Stores\Store;
use Payvost\Webhooks\Tests\Support\Stores;
use Payvost\Webhooks\Tests\Support\StoresTestCase;

/** For any order of the workers' steps, every store replies the same as the core's memory store. */
final class StoresModelTest extends StoresTestCase
{
    private const STEPS = 1_000;

    /** @return array<string, array{string}> */
    public function servers(): array
    {
        return array_diff_key($this->leases(), ['memory' => true]);
    }

    /** @dataProvider servers */
    public function testRepliesEqualThoseOfTheModel(string $name): void
    {
        // Long enough for no lease to end during the test.
        $options = ['prefix' => $this->name, 'leaseSeconds' => 80_000];
        [$store, $model] = [$this->store($name, $options), new MemoryStore(...$options)];
        mt_srand($seed = random_int(0, PHP_INT_MAX));
        for ($number = 0; $number < self::STEPS; ++$number) {
            $step = self::step($this->name);
            [$expected, $reply] = [self::take($model, $step), self::take($store, $step)];
            self::assertSame($expected, $reply, "seed {$seed}, step {$number}: " . json_encode($step));
        }
        self::assertEquals(self::letters($model), self::letters($store));
        foreach (range(0, 29) as $event) {
            self::assertSame($model->delivery("{$this->name}:{$event}"), $store->delivery("{$this->name}:{$event}"));
        }
    }

    /** @return array{string, string, string, string} the step, the key, the token and the body */
    private static function step(string $prefix): array
    {
        $do = ['claim', 'claim', 'claim', 'complete', 'release', 'extend', 'delivery'][mt_rand(0, 6)];
        // Most workers have the right body.
        $body = mt_rand(0, 9) === 0 ? 'another body' : 'the body';

        return [$do, $prefix . ':' . mt_rand(0, 29), 'token ' . mt_rand(0, 2), $body];
    }

    /**
     * @param array{string, string, string, string} $step
     */
    private static function take(Store $store, array $step): mixed
    {
        [$do, $key, $token, $body] = $step;
        $request = new ClaimRequest($key, hash('sha256', $body), 'payment.succeeded', $body, str_repeat('a', 64));
        $reply = match ($do) {
            'claim' => $store->claim($request, $token),
            'complete' => $store->complete($key, $token),
            'release' => $store->release($key, $token, "Error of {$token}"),
            'extend' => $store->extend($key, $token, 80_000_000),
            'delivery' => $store->delivery($key),
        };
        if ($do !== 'claim') {
            return $reply;
        }
        [$word, $number] = $reply;

        // Times differ only by the moments between the steps.
        return [$word, $word === 'in_progress' ? $number > 79_000_000 : $number];
    }

    /** @return array<string, array{string, int, string|null, string}> by the key */
    private static function letters(Store $store): array
    {
        $letters = [];
        foreach ($store->deadLetters() as $letter) {
            $letters[$letter['key']] = [$letter['reason'], $letter['attempts'], $letter['error'], $letter['eventType']];
        }

        return $letters;
    }
}
