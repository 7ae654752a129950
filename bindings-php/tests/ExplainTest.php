<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use Payvost\Webhooks\Explanation;
use PHPUnit\Framework\TestCase;

use function Payvost\Webhooks\sign;

/** `Explanation`: the vectors that all languages share, and its arguments. */
final class ExplainTest extends TestCase
{
    /** @return iterable<string, array{string}> */
    public function files(): iterable
    {
        foreach (glob(__DIR__ . '/../../tests/vectors/explain/*.json') ?: [] as $file) {
            yield basename($file) => [$file];
        }
    }

    /** @dataProvider files */
    public function testVectors(string $file): void
    {
        $family = json_decode((string) file_get_contents($file), true, 512, JSON_THROW_ON_ERROR);
        foreach ($family['cases'] as $case) {
            $explanation = Explanation::of(
                self::bytes($case['body']),
                array_map(self::bytes(...), $case['headers']),
                self::bytes($case['secret']),
                array_map(self::bytes(...), $case['other_secrets']),
                array_map(self::bytes(...), $case['other_bodies']),
            );
            self::assertSame($case['verdict'], $explanation->verdict, $case['comment']);
            self::assertSame($case['causes'], array_column($explanation->causes, 'code'), $case['comment']);
            self::assertNotContains('', array_column($explanation->causes, 'fix'));
            self::assertNotContains('', array_column($explanation->causes, 'evidence'));
        }
    }

    public function testOneHeaderOrSeveralOrNone(): void
    {
        $body = '{"id":"evt_1"}';
        $signature = sign($body, 'whsec_example');
        self::assertSame('invalid_event', Explanation::of($body, $signature, 'whsec_example')->verdict);
        $twice = Explanation::of($body, [$signature, $signature], 'whsec_example');
        self::assertSame(['signature_doubled'], array_column($twice->causes, 'code'));
        self::assertSame('missing_signature', Explanation::of($body, null, 'whsec_example')->verdict);
    }

    /** @param array{hex: string}|string $value */
    private static function bytes(array|string $value): string
    {
        return is_string($value) ? $value : (string) hex2bin($value['hex']);
    }
}
