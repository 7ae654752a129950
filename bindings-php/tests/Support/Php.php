<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests\Support;

use RuntimeException;

/** Other PHP processes, which load the same library as this one, and no php.ini. */
final class Php
{
    /**
     * @param list<string> $arguments
     *
     * @return list<string>
     */
    public static function command(array $arguments, bool $withExtension = true): array
    {
        $extension = $withExtension ? ['-d', 'extension=' . self::library()] : [];

        return [PHP_BINARY, '-n', ...$extension, ...$arguments];
    }

    /**
     * Also with PHP's ini files, which load the database drivers.
     *
     * @param list<string> $arguments
     *
     * @return list<string>
     */
    public static function commandWithClients(array $arguments): array
    {
        return [PHP_BINARY, '-d', 'extension=' . self::library(), '-d', 'display_errors=stderr', ...$arguments];
    }

    /**
     * Runs PHP until it exits.
     *
     * @param list<string> $arguments
     *
     * @return array{int, string} the exit code and the output
     */
    public static function run(array $arguments, bool $withExtension = true): array
    {
        return self::execute(self::command($arguments, $withExtension));
    }

    /**
     * @param list<string> $command
     *
     * @return array{int, string} the exit code, or the signal that ended it, and the output
     */
    public static function execute(array $command): array
    {
        $process = proc_open(
            $command,
            [['file', '/dev/null', 'r'], ['pipe', 'w'], ['redirect', 1]],
            $pipes
        );
        if ($process === false) {
            throw new RuntimeException('PHP could not be started');
        }
        $output = stream_get_contents($pipes[1]);

        return [proc_close($process), (string) $output];
    }

    /** The library of the extension that this process has loaded. */
    public static function library(): string
    {
        foreach (file('/proc/self/maps', FILE_IGNORE_NEW_LINES) ?: [] as $line) {
            if (preg_match('~ (/.*payvost_webhooks.*\.so)$~', $line, $match) === 1) {
                return $match[1];
            }
        }
        throw new RuntimeException('the library of the extension was not found among those that are loaded');
    }
}
