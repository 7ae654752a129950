<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Throwable;

/**
 * Logs to PHP's own log where the application has given no logger. All but what needs somebody's attention is left out.
 *
 * @internal
 */
final class ErrorLog
{
    /**
     * @param array<string, mixed> $context
     */
    public function log(string $level, string $message, array $context): void
    {
        if ($level === 'info') {
            return;
        }
        $exception = $context['exception'] ?? null;
        unset($context['exception']);
        foreach ($context as $name => $value) {
            $message = str_replace("{{$name}}", self::printable($value), $message);
        }
        for (; $exception instanceof Throwable; $exception = $exception->getPrevious()) {
            $message .= "\n" . self::describe($exception);
        }
        error_log($message);
    }

    private static function printable(string $text): string
    {
        return (string) preg_replace('/[\x00-\x1F\x7F]/', '?', $text);
    }

    /**
     * Unlike the text that PHP makes of an exception, this shows no arguments: they are parts of the event.
     */
    private static function describe(Throwable $exception): string
    {
        $lines = [sprintf(
            '%s: %s in %s:%d',
            $exception::class,
            $exception->getMessage(),
            $exception->getFile(),
            $exception->getLine()
        )];
        foreach ($exception->getTrace() as $index => $frame) {
            $place = isset($frame['file']) ? $frame['file'] . ':' . ($frame['line'] ?? 0) : '[internal]';
            $function = ($frame['class'] ?? '') . ($frame['type'] ?? '') . $frame['function'];
            $lines[] = "#{$index} {$place} {$function}()";
        }

        return implode("\n", $lines);
    }
}
