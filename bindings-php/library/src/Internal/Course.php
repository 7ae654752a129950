<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Closure;
use LogicException;
use Payvost\Webhooks\Response;
use Payvost\Webhooks\Stores\Claim;
use Payvost\Webhooks\Stores\ClaimRequest;
use Payvost\Webhooks\Stores\Inbox;
use Payvost\Webhooks\Stores\Store;
use Payvost\Webhooks\WebhookResult;
use Payvost\Webhooks\WebhookRouter;
use Psr\Log\LoggerInterface;
use SensitiveParameter;
use Throwable;

/**
 * Runs deliveries: the extension asks for one step after another, and this class performs them with the application's store,
 * handler and logger.
 *
 * @internal
 */
final class Course
{
    private const TOKEN_BYTES = Limits::CLAIM_TOKEN_LENGTH / 2;

    /**
     * @param Closure(WebhookResult): mixed|null $onResult
     */
    public function __construct(
        private WebhookRouter $router,
        private ?Store $store,
        private LoggerInterface|ErrorLog $logger,
        private ?Closure $onResult
    ) {
    }

    /**
     * @return Response|null null if nothing is kept under the key of a retry
     */
    public function run(
        Delivery $delivery,
        #[SensitiveParameter]
        mixed $payload = null,
        #[SensitiveParameter]
        mixed $signature = null
    ): ?Response {
        $event = $thrown = null;
        $process = getmypid();
        while (($ask = $delivery->ask()) !== null) {
            try {
                match ($ask) {
                    'load' => [$payload, $signature] = $delivery->loaded($this->store->delivery($delivery->retriedKey())),
                    'verify' => [$event, $route, $request] = $delivery->verify($payload, $signature),
                    'claim' => $delivery->claimed(
                        $this->store->claim(new ClaimRequest(...$request), $delivery->token(random_bytes(self::TOKEN_BYTES)))
                    ),
                    'handle' => $thrown = $this->handle($delivery, $route, $event),
                    'complete' => $delivery->completed($this->store->complete(...$delivery->claim())),
                    'release' => $delivery->released($this->store->release(...$delivery->failedClaim())),
                    'log' => $this->log($delivery->record($thrown, $this->logger instanceof ErrorLog ? ErrorLog::DROPPED : null)),
                };
            } catch (Throwable $error) {
                // Only the store throws here: handle() and log() catch the exceptions of handlers and loggers.
                $delivery->failed(Faults::of($error));
            }
            if (getmypid() !== $process) {
                // A forked child neither completes nor releases the claim of its parent.
                throw $thrown ?? new LogicException('the handler returned in a forked process: end the child with exit');
            }
        }
        $response = $delivery->response();
        if ($response !== null && $this->onResult !== null) {
            $this->report(new WebhookResult(...$delivery->result($event)));
        }

        return $response === null ? null : new Response(...$response);
    }

    /**
     * Ends a delivery whose handler has ended the script.
     *
     * @param string $reason what the store keeps as the handler's error
     */
    public function abandon(Delivery $delivery, string $reason): void
    {
        $delivery->handled($reason, false);
        $this->run($delivery);
    }

    /**
     * @param array<string, mixed> $event
     *
     * @return Throwable|null what the handler has thrown
     */
    private function handle(Delivery $delivery, int $route, #[SensitiveParameter] array $event): ?Throwable
    {
        try {
            $claim = null;
            if ($this->store !== null) {
                [$key, $token] = $delivery->claim();
                $connection = $this->store instanceof Inbox ? $this->store->connection($token) : null;
                $claim = new Claim($this->store, $key, $token, $delivery->attempt(), $connection);
                Unfinished::add($delivery, $this);
            }
            $this->router->handler($route)->run($event, $claim);
            $this->store instanceof Flushing && $this->store->flush();
            $delivery->handled(null, $claim?->isHandedOver());

            return null;
        } catch (Throwable $error) {
            $delivery->handled(get_debug_type($error), false);

            return $error;
        } finally {
            Unfinished::remove($delivery);
        }
    }

    private function report(WebhookResult $result): void
    {
        try {
            ($this->onResult)($result);
        } catch (Throwable $error) {
            $this->log(['error', 'onResult failed', ['exception' => $error]]);
        }
    }

    /**
     * @param array{string, string, array<string, mixed>}|null $record
     */
    private function log(?array $record): void
    {
        try {
            $record === null ?: $this->logger->log(...$record);
        } catch (Throwable) {
            // A log that cannot be written must not make Payvost deliver the event again.
        }
    }
}
