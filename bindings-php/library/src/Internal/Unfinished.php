<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Throwable;

/**
 * The deliveries whose handlers are running. A handler that ends the script, by `exit` or a fatal error, never returns: its
 * claim is released when PHP shuts down.
 *
 * @internal
 */
final class Unfinished
{
    /** @var array<int, array{Delivery, Course}> by object id */
    private static array $deliveries = [];

    /** A forked child inherits these deliveries, but must not release its parent's claims. */
    private static ?int $process = null;

    public static function add(Delivery $delivery, Course $course): void
    {
        $process = getmypid();
        if (self::$process === null) {
            register_shutdown_function(self::end(...));
        }
        if (self::$process !== $process) {
            [self::$process, self::$deliveries] = [$process, []];
        }
        self::$deliveries[spl_object_id($delivery)] = [$delivery, $course];
    }

    public static function remove(Delivery $delivery): void
    {
        unset(self::$deliveries[spl_object_id($delivery)]);
    }

    private static function end(): void
    {
        if (self::$process !== getmypid()) {
            return;
        }
        $fatal = E_ERROR | E_PARSE | E_CORE_ERROR | E_COMPILE_ERROR | E_USER_ERROR | E_RECOVERABLE_ERROR;
        $isFatal = ((error_get_last()['type'] ?? 0) & $fatal) !== 0;
        foreach (self::$deliveries as [$delivery, $course]) {
            try {
                $course->abandon($delivery, $isFatal ? 'fatal error' : 'exit');
            } catch (Throwable) {
                // The lease will run out.
            }
        }
    }
}
