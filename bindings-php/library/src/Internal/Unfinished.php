<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Payvost\Webhooks\Stores\Claim;
use Throwable;

/**
 * The claims whose handlers are at work. A handler that ends the script, by `exit` or by a fatal error, comes back to
 * nobody: PHP's shutdown gives its event back.
 *
 * @internal
 */
final class Unfinished
{
    /** @var array<string, Claim> by token */
    private static array $claims = [];

    private static bool $isRegistered = false;

    public static function add(Claim $claim): void
    {
        if (!self::$isRegistered) {
            register_shutdown_function(self::release(...));
            self::$isRegistered = true;
        }
        self::$claims[$claim->token] = $claim;
    }

    public static function remove(Claim $claim): void
    {
        unset(self::$claims[$claim->token]);
    }

    private static function release(): void
    {
        $fatal = E_ERROR | E_PARSE | E_CORE_ERROR | E_COMPILE_ERROR | E_USER_ERROR | E_RECOVERABLE_ERROR;
        $isFatal = ((error_get_last()['type'] ?? 0) & $fatal) !== 0;
        foreach (self::$claims as $claim) {
            try {
                $claim->release($isFatal ? 'fatal error' : 'exit');
            } catch (Throwable) {
                // The lease ends by itself.
            }
        }
    }
}
