<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Laravel;

use Closure;
use Illuminate\Contracts\Container\Container;
use Illuminate\Contracts\Queue\ShouldQueue;
use Illuminate\Http\Request;
use LogicException;
use Payvost\Webhooks\ConfigurationException;
use Payvost\Webhooks\Stores\Claim;
use Payvost\Webhooks\Stores\LeaseStore;
use Payvost\Webhooks\Stores\Store;
use Payvost\Webhooks\WebhookReceiver;
use Payvost\Webhooks\WebhookRouter;
use Payvost\Webhooks\WebhookVerifier;
use SensitiveParameter;

/**
 * Makes receivers from the configuration.
 */
final class Webhooks
{
    private static ?Closure $secret = null;

    public function __construct(private Container $container)
    {
    }

    /**
     * Sets where secrets come from, instead of `payvost.secret`: from a tenant of the request or a secret manager, for example.
     *
     * ```php
     * Webhooks::secretUsing(fn (?Request $request) => $request ? Tenant::of($request)->secret : Tenant::pluck('secret')->all());
     * ```
     *
     * @param (callable(Request|null): mixed)|null $secret gets null when a command retries dead letters. It may return several secrets
     */
    public static function secretUsing(?callable $secret): void
    {
        self::$secret = $secret === null ? null : $secret(...);
    }

    /**
     * @param Request|null $request null: not of a request
     */
    public function receiver(?Request $request = null): WebhookReceiver
    {
        $configuration = $this->container['config']['payvost'];
        $secret = self::$secret === null ? $configuration['secret'] : (self::$secret)($request);
        $router = new WebhookRouter();
        foreach ($configuration['handlers'] as $pattern => $handler) {
            $router->on($pattern, $this->handler($handler));
        }

        return new WebhookReceiver(
            self::verifier($secret, $configuration['live_mode']),
            $router,
            $this->container['log']->channel($configuration['log']),
            store: $this->container->make(Store::class)
        );
    }

    /**
     * @throws LogicException there is none
     */
    public function store(): Store
    {
        return $this->container->make(Store::class) ?? throw new LogicException('payvost.store is null: name a store in config/payvost.php');
    }

    /** Calls a method with what it asks for: `$event`, `$claim`, the request, and services. */
    public static function call(Container $container, string $handler, array $event, ?Claim $claim): mixed
    {
        return $container->call([$container->make($handler), 'handle'], ['event' => $event, 'claim' => $claim]);
    }

    private static function verifier(#[SensitiveParameter] mixed $secret, mixed $liveMode): mixed
    {
        try {
            return $liveMode === null ? $secret : new WebhookVerifier($secret, expectLiveMode: $liveMode);
        } catch (ConfigurationException $error) {
            // An invalid secret is answered and logged by the receiver.
            return $error->getErrorCode() === 'invalid_secret' ? $secret : throw $error;
        }
    }

    private function handler(string $handler): Closure
    {
        if (!is_subclass_of($handler, ShouldQueue::class)) {
            return fn (array $event, ?Claim $claim): mixed => self::call($this->container, $handler, $event, $claim);
        }

        return function (array $event, ?Claim $claim) use ($handler): void {
            ['queue' => $queue, 'queue_seconds' => $seconds] = $this->container['config']['payvost'];
            // In an inbox, a job on a database queue is written in the transaction of the claim.
            $isLease = $this->container->make(Store::class) instanceof LeaseStore;
            $job = new RunHandler($handler, $event, $isLease ? $claim->handOver($seconds) : null);
            $this->container['queue']->connection($queue['connection'])->push($job, '', $queue['name']);
        };
    }
}
