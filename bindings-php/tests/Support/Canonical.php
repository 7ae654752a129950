<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests\Support;

/** The canonical text of a value, for comparing languages. tests/vectors/README.md defines it. */
final class Canonical
{
    public static function text(mixed $value): string
    {
        return match (true) {
            $value === null => 'n',
            $value === true => 't',
            $value === false => 'f',
            is_string($value) => '"' . bin2hex($value) . '"',
            is_array($value) => self::members($value),
            // A negative zero becomes zero.
            default => 'd' . bin2hex(pack('E', $value + 0.0)),
        };
    }

    /** @param array<array-key, mixed> $array */
    private static function members(array $array): string
    {
        $members = [];
        foreach ($array as $key => $value) {
            $members[(string) $key] = bin2hex((string) $key) . ':' . self::text($value);
        }
        uksort($members, static fn ($one, $other): int => strcmp((string) $one, (string) $other));

        return '{' . implode(',', $members) . '}';
    }
}
