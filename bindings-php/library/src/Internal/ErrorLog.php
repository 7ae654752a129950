<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Throwable;

/**
 * Writes to PHP's own log if the application passes no logger.
 *
 * @internal
 */
final class ErrorLog
{
    /** This level is left out: its records need no attention. */
    public const DROPPED = 'info';

    /**
     * @param array<string, mixed> $context
     */
    public function log(string $level, string $message, array $context): void
    {
        $exception = $context['exception'] ?? null;
        for (; $exception instanceof Throwable; $exception = $exception->getPrevious()) {
            $message .= "\n" . self::describe($exception);
        }
        error_log($message);
    }

    /**
     * Unlike PHP's own text of an exception, this shows no arguments, which hold parts of the event.
     */
    private static function describe(Throwable $exception): string
    {
        $place = "{$exception->getFile()}:{$exception->getLine()}";
        $lines = [$exception::class . ": {$exception->getMessage()} in {$place}"];
        foreach ($exception->getTrace() as $index => $frame) {
            $place = isset($frame['file']) ? $frame['file'] . ':' . ($frame['line'] ?? 0) : '[internal]';
            $lines[] = "#{$index} {$place} " . ($frame['class'] ?? '') . ($frame['type'] ?? '') . "{$frame['function']}()";
        }

        return implode("\n", $lines);
    }
}
