<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Symfony;

use Closure;
use LogicException;
use Payvost\Webhooks\ConfigurationException;
use Payvost\Webhooks\Stores\Claim;
use Payvost\Webhooks\Stores\LeaseStore;
use Payvost\Webhooks\Stores\Store;
use Payvost\Webhooks\Symfony\Messenger\HandleWebhook;
use Payvost\Webhooks\WebhookReceiver;
use Payvost\Webhooks\WebhookRouter;
use Payvost\Webhooks\WebhookVerifier;
use Psr\Container\ContainerInterface;
use Psr\Log\LoggerInterface;
use SensitiveParameter;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\Messenger\MessageBusInterface;

/**
 * Makes receivers from the configuration of the bundle.
 */
final class Receivers
{
    /**
     * @param ContainerInterface $handlers the services, by their ids
     * @param list<array{string, string, bool}> $routes patterns, ids of services, and whether they are queued
     * @param string|list<string>|null $secret
     */
    public function __construct(
        private ContainerInterface $handlers,
        private array $routes,
        #[SensitiveParameter]
        private string|array|null $secret,
        private ?bool $liveMode,
        private int $queueSeconds,
        private ?Store $store = null,
        private ?LoggerInterface $logger = null,
        private ?SecretProvider $secrets = null,
        private ?MessageBusInterface $bus = null
    ) {
    }

    /**
     * @param Request|null $request null: not of a request
     */
    public function receiver(?Request $request = null): WebhookReceiver
    {
        $router = new WebhookRouter();
        foreach ($this->routes as [$pattern, $id, $isQueued]) {
            $router->on($pattern, $isQueued ? $this->queued($id) : fn (array $event, ?Claim $claim) => $this->call($id, $event, $claim));
        }

        return new WebhookReceiver($this->verifier($request), $router, $this->logger, store: $this->store);
    }

    /**
     * @throws LogicException there is none
     */
    public function store(): Store
    {
        return $this->store ?? throw new LogicException('there is no store: set payvost_webhooks.inbox or payvost_webhooks.store');
    }

    /**
     * Calls a handler.
     *
     * @param array<string, mixed> $event
     */
    public function call(string $id, array $event, ?Claim $claim): mixed
    {
        return ($this->handlers->get($id))($event, $claim);
    }

    private function verifier(?Request $request): mixed
    {
        $secret = $this->secrets === null ? $this->secret : $this->secrets->secret($request);
        try {
            return $this->liveMode === null ? $secret : new WebhookVerifier($secret, expectLiveMode: $this->liveMode);
        } catch (ConfigurationException $error) {
            // An invalid secret is answered and logged by the receiver.
            return $error->getErrorCode() === 'invalid_secret' ? $secret : throw $error;
        }
    }

    private function queued(string $id): Closure
    {
        return function (array $event, ?Claim $claim) use ($id): void {
            $bus = $this->bus ?? throw new LogicException('a queued handler needs Messenger: set payvost_webhooks.bus');
            // In an inbox, a message on a transport of the same connection is written in the transaction of the claim.
            $ticket = $this->store instanceof LeaseStore ? $claim->handOver($this->queueSeconds) : null;
            $bus->dispatch(new HandleWebhook($id, $event, $ticket));
        };
    }
}
