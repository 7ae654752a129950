<?php

declare(strict_types=1);

namespace Payvost\Webhooks;

use Closure;
use Payvost\Webhooks\Internal\Handler;
use Payvost\Webhooks\Internal\RouteTable;
use Payvost\Webhooks\Stores\Claim;

/**
 * Picks the handler by the type of the event.
 *
 * Only the handler of the most specific pattern runs: a type (`payment.succeeded`) comes before its family (`payment.*`),
 * and a family before everything (`*`).
 *
 * ```php
 * $router = (new WebhookRouter())
 *     ->on('payment.succeeded', fn (array $event) => $orders->pay($event['data']['metadata']['orderId']))
 *     ->on('payment.*', $payments->log(...))
 *     ->on('*', fn (array $event) => error_log("unhandled: {$event['type']}"));
 * ```
 */
final class WebhookRouter
{
    private RouteTable $routes;

    /** @var array<int, Handler> by the number of the route */
    private array $handlers = [];

    public function __construct()
    {
        $this->routes = new RouteTable();
    }

    /** A copy would share its patterns with the original. */
    private function __clone()
    {
    }

    /**
     * Registers a handler for a type, a family of types or everything.
     *
     * @param string                         $pattern `payment.succeeded`, `payment.*` or `*`
     * @param callable(array<string, mixed>, Claim|null): mixed $handler is called with the event, and with the claim where
     *     the receiver has a store
     *
     * @throws ConfigurationException `invalid_option`: the pattern has a handler already, or matches no type; the handler is a
     *     generator function
     */
    public function on(string $pattern, callable $handler): static
    {
        $this->handlers[$this->routes->add($pattern)] = new Handler($handler(...));

        return $this;
    }

    /**
     * Calls the most specific handler for an event.
     *
     * @param array<string, mixed> $event as the verifier returns it
     * @param Claim|null           $claim the handler's second argument
     *
     * @return mixed what the handler returns; null without a handler, which is not an error: Payvost may add types
     */
    public function dispatch(array $event, ?Claim $claim = null): mixed
    {
        $number = $this->routes->find($event['type']);

        return $number === null ? null : $this->handlers[$number]->call($event, $claim);
    }

    /**
     * The handler that {@see dispatch()} calls for events of a type, or null.
     */
    public function find(string $type): ?Closure
    {
        $number = $this->routes->find($type);

        return $number === null ? null : $this->handlers[$number]->function;
    }

    /** @internal */
    public function routes(): RouteTable
    {
        return $this->routes;
    }

    /** @internal */
    public function handler(int $number): Handler
    {
        return $this->handlers[$number];
    }
}
