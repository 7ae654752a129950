<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Closure;
use Payvost\Webhooks\Stores\Claim;
use ReflectionFunction;
use SensitiveParameter;

/**
 * A handler as the user wrote it.
 *
 * @internal
 */
final class Handler
{
    private ?bool $takesClaim = null;

    public function __construct(public readonly Closure $function)
    {
    }

    /**
     * Calls it with the event and the claim. Without a claim, only who insists on a second argument gets null.
     *
     * @param array<string, mixed> $event
     */
    public function call(#[SensitiveParameter] array $event, ?Claim $claim): mixed
    {
        if ($claim === null) {
            $this->takesClaim ??= (new ReflectionFunction($this->function))->getNumberOfRequiredParameters() > 1;
            if (!$this->takesClaim) {
                return ($this->function)($event);
            }
        }

        return ($this->function)($event, $claim);
    }
}
