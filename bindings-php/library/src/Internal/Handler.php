<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Closure;
use Payvost\Webhooks\Stores\Claim;
use ReflectionFunction;
use SensitiveParameter;

/**
 * @internal
 */
final class Handler
{
    /**
     * Calls a handler with the event and the claim. Without a claim, only who insists on a second argument gets null.
     *
     * @param array<string, mixed> $event
     */
    public static function call(Closure $handler, #[SensitiveParameter] array $event, ?Claim $claim): mixed
    {
        if ($claim === null && (new ReflectionFunction($handler))->getNumberOfRequiredParameters() < 2) {
            return $handler($event);
        }

        return $handler($event, $claim);
    }
}
