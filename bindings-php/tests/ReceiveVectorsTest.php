<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use Payvost\Webhooks\IncomingRequest;
use Payvost\Webhooks\Response;
use Payvost\Webhooks\Stores\Claim;
use Payvost\Webhooks\Tests\Support\Logger;
use Payvost\Webhooks\Tests\Support\Observed;
use Payvost\Webhooks\Tests\Support\ScriptedInbox;
use Payvost\Webhooks\Tests\Support\ScriptedStore;
use Payvost\Webhooks\WebhookReceiver;
use Payvost\Webhooks\WebhookResult;
use Payvost\Webhooks\WebhookRouter;
use Payvost\Webhooks\WebhookVerifier;
use PHPUnit\Framework\TestCase;
use RuntimeException;
use Throwable;

/** The deliveries that all languages share, with a scripted store and handler. Writes the results of this language. */
final class ReceiveVectorsTest extends TestCase
{
    private const ROOT = __DIR__ . '/../..';

    private static Observed $observed;

    public static function setUpBeforeClass(): void
    {
        self::$observed = new Observed('receive');
        require_once __DIR__ . '/Support/scripted-errors.php';
    }

    /** @return iterable<string, array{array<string, mixed>}> */
    public function cases(): iterable
    {
        foreach (glob(self::ROOT . '/tests/vectors/receive/*.json') ?: [] as $file) {
            $family = json_decode((string) file_get_contents($file), true, 512, JSON_THROW_ON_ERROR);
            foreach ($family['cases'] as $case) {
                yield $case['id'] => [$case];
            }
        }
    }

    public function testThereAreVectors(): void
    {
        self::assertGreaterThanOrEqual(298, iterator_count($this->cases()));
    }

    /**
     * @dataProvider cases
     *
     * @param array<string, mixed> $case
     */
    public function testDelivery(array $case): void
    {
        $observed = $this->observe($case);
        self::$observed->write(['id' => $case['id']] + $observed);
        foreach (['steps', 'outcome', 'status', 'headers', 'body', 'record'] as $name) {
            self::assertMatches($case[$name] ?? null, $observed[$name], "{$case['comment']}: {$name}");
        }
    }

    /**
     * @param array<string, mixed> $case
     *
     * @return array<string, mixed>
     */
    private function observe(array $case): array
    {
        $steps = [];
        $step = static function (array $step) use (&$steps): void {
            $steps[] = $step;
        };
        $store = match ($case['claiming']) {
            'never' => null,
            'lease' => new ScriptedStore($case, $step),
            'inbox' => new ScriptedInbox($case, $step),
        };
        [$logger, $results] = [new Logger(), []];
        $remember = static function (WebhookResult $result) use (&$results): void {
            $results[] = $result;
        };
        $router = self::router($case, $step);
        $receiver = new WebhookReceiver(self::verifier($case), $router, $logger, $remember, $store);
        $response = self::deliver($receiver, $case['arrived']);
        self::assertSame($response === null ? 0 : 1, count($results));
        self::assertSame($response === null ? 0 : 1, count($logger->records), 'one record per delivery');
        self::assertSame($response?->status, ($results[0] ?? null)?->status);

        return [
            'steps' => $steps,
            'outcome' => ($results[0] ?? null)?->code,
            'status' => $response?->status,
            'headers' => $response === null ? null : array_change_key_case($response->headers),
            'body' => $response?->body,
            'record' => isset($logger->records[0]) ? self::record(...$logger->records[0]) : null,
        ];
    }

    /**
     * @param array<string, mixed> $arrived
     */
    private static function deliver(WebhookReceiver $receiver, array $arrived): ?Response
    {
        if ($arrived['kind'] === 'retry') {
            return $receiver->retry($arrived['key']);
        }
        $rest = $arrived['payload'];
        $read = static function (int $bytes) use (&$rest, $arrived): string {
            if ($rest === '' && $arrived['end'] !== 'reached') {
                throw new RuntimeException('the sender broke off');
            }
            [$chunk, $rest] = [substr($rest, 0, $bytes), substr($rest, $bytes)];

            return $chunk;
        };

        return $receiver->receiveFrom(new IncomingRequest(
            $arrived['end'] === 'consumed' ? null : $read,
            $arrived['signature'] ?? null,
            $arrived['content_length'] ?? null,
            $arrived['transfer_encoding'] ?? null
        ));
    }

    /**
     * @param array<string, mixed> $case
     * @param callable(array<string, mixed>): void $step
     */
    private static function router(array $case, callable $step): WebhookRouter
    {
        $router = new WebhookRouter();
        if (!($case['registered'] ?? true)) {
            return $router;
        }

        return $router->on('*', static function (array $event, ?Claim $claim) use ($case, $step): void {
            $step(['step' => 'handle', 'attempt' => $claim?->attempt ?? 0]);
            if ($case['handler']['hands_over'] ?? false) {
                $claim->handOver();
            }
            if (isset($case['handler']['raises'])) {
                throw new ($case['handler']['raises'])('the message is not logged');
            }
        });
    }

    /**
     * @param array<string, mixed> $case
     */
    private static function verifier(array $case): WebhookVerifier
    {
        $options = $case['options'] ?? [];

        return new WebhookVerifier(
            'whsec_vectors',
            toleranceSeconds: $options['tolerance'] ?? null,
            expectLiveMode: $options['expect_live_mode'] ?? null,
            maxPayloadBytes: $options['max_payload_bytes'] ?? null
        );
    }

    /**
     * @param array<string, mixed> $context
     *
     * @return array<string, mixed>
     */
    private static function record(string $level, string $line, array $context): array
    {
        $exception = ($context['exception'] ?? null) instanceof Throwable;
        unset($context['exception']);

        return ['level' => $level, 'line' => $line, 'fields' => $context, 'exception' => $exception];
    }

    private static function assertMatches(mixed $expected, mixed $observed, string $comment): void
    {
        if (is_array($expected)) {
            self::assertIsArray($observed, $comment);
            self::assertSame(array_keys($expected), array_keys($observed), $comment);
            foreach ($expected as $name => $value) {
                self::assertMatches($value, $observed[$name], "{$comment} {$name}");
            }
        } elseif (is_string($expected) && ($end = strpos($expected, '*')) !== false) {
            self::assertIsString($observed, $comment);
            self::assertSame(substr($expected, 0, $end), substr($observed, 0, $end), $comment);
            self::assertGreaterThan($end, strlen($observed), $comment);
        } else {
            self::assertSame($expected, $observed, $comment);
        }
    }
}
