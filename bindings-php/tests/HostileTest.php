<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use Payvost\Webhooks\Tests\Support\Sample;
use Payvost\Webhooks\WebhookException;
use PHPUnit\Framework\TestCase;

use function Payvost\Webhooks\verifyWebhook;

/** Hostile signed bodies of up to 1 MiB: the event equals that of json_decode(), or the body is refused. */
final class HostileTest extends TestCase
{
    private const LIMIT = 1 << 20;

    /**
     * @dataProvider accepted
     */
    public function testEventEqualsThatOfJsonDecode(callable $make): void
    {
        $payload = $make();
        self::assertLessThanOrEqual(self::LIMIT, strlen($payload));
        $event = verifyWebhook($payload, Sample::sign($payload), Sample::SECRET);

        // Compared here, so that a failure does not print megabytes.
        self::assertTrue(serialize(json_decode($payload, true)) === serialize($event));
    }

    /** @return iterable<string, array{callable(): string}> */
    public function accepted(): iterable
    {
        $room = self::LIMIT - strlen(Sample::with(''));
        $list = static fn (string $element): callable => static fn (): string => Sample::with(
            '[' . implode(',', array_fill(0, intdiv($room - 1, strlen($element) + 1), $element)) . ']'
        );
        yield 'as deep as possible' => [static fn () => Sample::with(str_repeat('[', 126) . str_repeat(']', 126))];
        yield 'objects as deep as possible' => [
            static fn () => Sample::with(str_repeat('{"":', 126) . '1' . str_repeat('}', 126)),
        ];
        yield 'many lists' => [$list('[]')];
        yield 'many objects' => [$list('{}')];
        yield 'many lists with one element' => [$list('[0]')];
        yield 'many digits' => [$list('0')];
        yield 'many floats' => [$list('-1.7976931348623157e308')];
        yield 'many subnormal floats' => [$list('4.9406564584124654e-324')];
        yield 'many floats halfway between two others' => [$list('9007199254740993.0')];
        yield 'many integers that do not fit' => [$list('9223372036854775808')];
        yield 'many strings' => [$list('"a"')];
        yield 'many escapes' => [$list('"\ud83d\ude00\u0000\n"')];
        yield 'one number of many digits' => [static fn () => Sample::with('0.' . str_repeat('123456789', 100_000))];
        yield 'one number of many digits that underflows' => [
            static fn () => Sample::with('0.' . str_repeat('0', 900_000) . '1e-999999999999'),
        ];
        yield 'one long string' => [static fn () => Sample::with('"' . str_repeat('a', $room - 2) . '"')];
        yield 'one long string of escapes' => [
            static fn () => Sample::with('"' . str_repeat('\u00e9', intdiv($room - 2, 6)) . '"'),
        ];
        yield 'one long string of quotes' => [
            static fn () => Sample::with('"' . str_repeat('\"', intdiv($room - 2, 2)) . '"'),
        ];
        yield 'one long string of four-byte characters' => [
            static fn () => Sample::with('"' . str_repeat('😀', intdiv($room - 2, 4)) . '"'),
        ];
        yield 'one long key' => [static fn () => Sample::with('{"' . str_repeat('k', $room - 6) . '":1}')];
        yield 'as many keys as fit' => [
            static fn () => Sample::with('{"' . implode('":0,"', array_map('dechex', range(0, 100_000))) . '":0}'),
        ];
        yield 'many keys that are integers' => [
            static fn () => Sample::with('{"' . implode('":0,"', range(-50_000, 49_000)) . '":0}'),
        ];
        yield 'many keys that differ in their last character' => [
            static fn () => Sample::with('{"' . implode('":0,"', self::longKeys(9_000)) . '":0}'),
        ];
        yield 'whitespace' => [static fn () => str_repeat(" \t\r\n", 250_000) . Sample::EVENT];
    }

    /**
     * @dataProvider refused
     */
    public function testBodyIsRefused(callable $make, string $code, ?int $offset): void
    {
        $payload = $make();
        try {
            verifyWebhook($payload, Sample::sign($payload), Sample::SECRET);
        } catch (WebhookException $error) {
            self::assertSame([$code, $offset], [$error->getErrorCode(), $error->getOffset()]);

            return;
        }
        self::fail('the payload was accepted');
    }

    /** @return iterable<string, array{callable(): string, string, int|null}> */
    public function refused(): iterable
    {
        $start = strpos(Sample::with('?'), '?');
        yield 'one byte too long' => [static fn () => str_repeat(' ', self::LIMIT + 1), 'payload_too_large', null];
        yield 'nothing but whitespace' => [static fn () => str_repeat(' ', self::LIMIT), 'invalid_json', self::LIMIT];
        yield 'nothing but brackets' => [static fn () => str_repeat('[', self::LIMIT), 'invalid_json', 128];
        yield 'nothing but braces' => [static fn () => str_repeat('{', self::LIMIT), 'invalid_json', 1];
        yield 'nothing but quotes' => [static fn () => str_repeat('"', self::LIMIT), 'invalid_json', 2];
        yield 'nothing but backslashes' => [static fn () => str_repeat('\\', self::LIMIT), 'invalid_json', 0];
        yield 'nothing but NULs' => [static fn () => str_repeat("\0", self::LIMIT), 'invalid_json', 0];
        yield 'nothing but invalid UTF-8' => [static fn () => str_repeat("\xff", self::LIMIT), 'invalid_json', 0];
        yield 'one level too deep' => [
            static fn () => Sample::with(str_repeat('[', 127) . str_repeat(']', 127)), 'invalid_json', $start + 126,
        ];
        yield 'objects far too deep' => [
            static fn () => Sample::with(str_repeat('{"a":', 200_000)), 'invalid_json', $start + 126 * 5,
        ];
        yield 'invalid UTF-8 after half a megabyte' => [
            static fn () => Sample::with('"' . str_repeat('é', 250_000) . "\xc3\""), 'invalid_json', $start + 500_001,
        ];
        yield 'a lone surrogate after half a megabyte' => [
            static fn () => Sample::with('"' . str_repeat('\u00e9', 80_000) . '\ud83d"'),
            'invalid_json',
            $start + 480_001,
        ];
        yield 'an unterminated string' => [
            static fn () => '"' . str_repeat('a', self::LIMIT - 1), 'invalid_json', self::LIMIT,
        ];
        yield 'a number of a million digits' => [
            static fn () => Sample::with(str_repeat('9', 1_000_000)), 'invalid_json', $start,
        ];
        yield 'a duplicate key after a hundred thousand others' => [
            static fn () => Sample::with('{"' . implode('":0,"', range(0, 90_000)) . '":0,"\u0030":0}'),
            'invalid_json',
            strlen(Sample::with('{"' . implode('":0,"', range(0, 90_000)) . '":0,')) - 2,
        ];
    }

    /** @return list<string> */
    private static function longKeys(int $count): array
    {
        $key = static fn (int $number): string => str_pad((string) $number, 100, 'k', STR_PAD_LEFT);

        return array_map($key, range(1, $count));
    }
}
