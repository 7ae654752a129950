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
 * A handler of the application.
 *
 * @internal
 */
final class Handler
{
    private ?bool $takesClaim = null;

    /**
     * @throws ConfigurationException `invalid_option`: the body of a generator function would never run
     */
    public function __construct(public readonly Closure $function)
    {
        if ((new ReflectionFunction($function))->isGenerator()) {
            $hint = 'Calling a generator function does not run its body: remove yield from the handler.';
            refuseOption('handler must not be a generator function', $hint);
        }
    }

    /**
     * Calls it for a receiver, and makes sure that its work is done when it returns.
     *
     * @param array<string, mixed> $event
     *
     * @throws LogicException it has returned a generator or a promise, whose work would not be done
     */
    public function run(#[SensitiveParameter] array $event, ?Claim $claim): void
    {
        $result = $this->call($event, $claim);
        $isPromise = is_object($result) && (method_exists($result, 'then') || method_exists($result, 'await'));
        if ($isPromise || $result instanceof Generator) {
            $class = get_debug_type($result);
            throw new LogicException("the handler returned a {$class}, which the receiver does not run: await it in the handler");
        }
    }

    /**
     * Calls it with the event and the claim. Without a claim, it gets null if it requires a second argument.
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
