<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Closure;
use Generator;
use LogicException;
use Payvost\Webhooks\ConfigurationException;
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

    /**
     * @throws ConfigurationException `invalid_option`: it is a generator function, whose body would never run
     */
    public function __construct(public readonly Closure $function)
    {
        if ((new ReflectionFunction($function))->isGenerator()) {
            refuseOption('handler must not be a generator function', 'Nobody runs a generator: remove yield from the handler.');
        }
    }

    /**
     * Runs it for a receiver, to its end.
     *
     * @param array<string, mixed> $event
     *
     * @throws LogicException it has returned work that nobody would do
     */
    public function run(#[SensitiveParameter] array $event, ?Claim $claim): void
    {
        $result = $this->call($event, $claim);
        if ($result instanceof Generator || (is_object($result) && (method_exists($result, 'then') || method_exists($result, 'await')))) {
            $class = get_debug_type($result);
            throw new LogicException("the handler returned a {$class}, which nobody waits for: wait for its end in the handler");
        }
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
