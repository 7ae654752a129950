<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use Payvost\Webhooks\Tests\Support\Canonical;
use Payvost\Webhooks\WebhookException;
use Payvost\Webhooks\WebhookVerifier;
use PHPUnit\Framework\TestCase;

/** The vectors that all languages share. Writes the results of this language. */
final class VectorsTest extends TestCase
{
    private const ROOT = __DIR__ . '/../..';

    private static string $observed;

    public static function setUpBeforeClass(): void
    {
        $folder = getenv('OBSERVED') ?: self::ROOT . '/target/observed';
        @mkdir($folder, 0777, true);
        self::$observed = "$folder/php.jsonl";
        file_put_contents(self::$observed, '');
    }

    /** @return iterable<string, array{array<string, mixed>}> */
    public function cases(): iterable
    {
        $folder = getenv('VECTORS') ?: self::ROOT . '/tests/vectors/verify';
        foreach (glob("$folder/*.json") ?: [] as $file) {
            $family = json_decode((string) file_get_contents($file), true, 512, JSON_THROW_ON_ERROR);
            foreach ($family['cases'] as $case) {
                yield $case['id'] => [$case];
            }
        }
    }

    public function testThereAreVectors(): void
    {
        self::assertGreaterThan(400, iterator_count($this->cases()));
    }

    /**
     * @dataProvider cases
     *
     * @param array<string, mixed> $case
     */
    public function testVerdict(array $case): void
    {
        $payload = self::payload($case);
        $observed = ['id' => $case['id'], 'verdict' => 'valid', 'offset' => null, 'pointer' => null, 'value' => null];
        $event = null;
        try {
            $event = self::verifier($case)->verify($payload, self::signature($case));
            $observed['value'] = Canonical::text($event);
        } catch (WebhookException $error) {
            $observed['verdict'] = $error->getErrorCode();
            $observed['offset'] = $error->getOffset();
            $observed['pointer'] = $error->getPointer();
        }
        $line = json_encode($observed, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES) . "\n";
        file_put_contents(self::$observed, $line, FILE_APPEND);

        $expected = $case['error'] ?? [];
        $verdict = $case['result'] === 'valid' ? 'valid' : $expected['code'];
        self::assertSame($verdict, $observed['verdict'], $case['comment']);
        self::assertSame($expected['offset'] ?? null, $observed['offset'], $case['comment']);
        self::assertSame($expected['pointer'] ?? null, $observed['pointer'], $case['comment']);
        self::assertSame($case['value'] ?? null, $observed['value'], $case['comment']);
        if ($event !== null) {
            // Serialized, because === does not tell 0.0 from -0.0.
            self::assertSame(serialize(json_decode($payload, true)), serialize($event), $case['comment']);
        }
    }

    /** @param array<string, mixed> $case */
    private static function verifier(array $case): WebhookVerifier
    {
        $secrets = array_map(
            static fn (string|array $secret): string => is_array($secret) ? (string) hex2bin($secret['hex']) : $secret,
            $case['secrets']
        );
        $options = $case['options'] ?? [];

        return new WebhookVerifier(
            $secrets,
            toleranceSeconds: $options['tolerance'] ?? null,
            expectLiveMode: $options['expect_live_mode'] ?? null,
            maxPayloadBytes: $options['max_payload_bytes'] ?? null,
        );
    }

    /** @param array<string, mixed> $case */
    private static function payload(array $case): string
    {
        if (isset($case['payload_hex'])) {
            return (string) hex2bin($case['payload_hex']);
        }
        $repeated = array_map(
            static fn (array $part): string => str_repeat($part[0], $part[1]),
            $case['payload_repeat'] ?? []
        );

        return $case['payload'] ?? implode('', $repeated);
    }

    /** @param array<string, mixed> $case */
    private static function signature(array $case): ?string
    {
        return isset($case['signature_hex']) ? (string) hex2bin($case['signature_hex']) : $case['signature'] ?? null;
    }
}
