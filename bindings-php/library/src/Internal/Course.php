<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Closure;
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
 * Runs one delivery to its end: the extension says what is next, and this does it with the user's handler, store and
 * logger.
 *
 * @internal
 */
final class Course
{
    /** @var array<string, mixed> */
    private array $event = [];

    private ?int $route = null;

    private mixed $payload;

    private mixed $signature;

    private ?ClaimRequest $request = null;

    private ?Claim $claim = null;

    private ?Throwable $thrown = null;

    /**
     * @param Closure(WebhookResult): mixed|null $onResult
     * @param int                                $started  by `hrtime(true)`
     */
    public function __construct(
        private Delivery $delivery,
        private Handler|WebhookRouter $handlers,
        private ?Store $store,
        private LoggerInterface|ErrorLog $logger,
        private ?Closure $onResult,
        private int $started
    ) {
    }

    /**
     * @return Response|null null when nothing is kept under the key of a retry
     */
    public function run(#[SensitiveParameter] mixed $payload = null, #[SensitiveParameter] mixed $signature = null): ?Response
    {
        [$this->payload, $this->signature] = [$payload, $signature];
        while (($ask = $this->delivery->ask()) !== null) {
            try {
                match ($ask) {
                    'load' => $this->load(),
                    'verify' => $this->verify(),
                    'claim' => $this->claim(),
                    'handle' => $this->handle(),
                    'complete' => $this->delivery->completed($this->store->complete($this->claim->key, $this->claim->token)),
                    'release' => $this->delivery->released(
                        $this->store->release($this->claim->key, $this->claim->token, $this->delivery->handlerError())
                    ),
                    'log' => $this->log(),
                };
            } catch (Throwable $error) {
                // Only steps of the store throw.
                $this->delivery->failed(Faults::of($error));
            }
        }

        return $this->end();
    }

    /**
     * The handler has ended the script: PHP does not come back to it.
     *
     * @param string $how what the store keeps as the handler's error
     */
    public function abandon(string $how): void
    {
        $this->delivery->handled('failed', $how);
        $this->run();
    }

    private function load(): void
    {
        $kept = $this->store->delivery($this->delivery->retriedKey());
        [$this->payload, $this->signature] = [$kept['payload'] ?? null, $kept['signature'] ?? null];
        $this->delivery->loaded($kept !== null);
    }

    private function verify(): void
    {
        $verified = $this->delivery->verify($this->payload, $this->signature);
        if ($verified === null) {
            return;
        }
        [$this->event, $this->route] = $verified;
        if (isset($verified[2])) {
            [, , $key, $fingerprint, $type, $isRetry] = $verified;
            $this->request = new ClaimRequest($key, $fingerprint, $type, $this->payload, $this->signature, $isRetry);
        }
        [$this->payload, $this->signature] = [null, null];
    }

    private function claim(): void
    {
        $this->claim = new Claim($this->store, $this->request->key, bin2hex(random_bytes(Limits::CLAIM_TOKEN_LENGTH / 2)));
        $this->delivery->claimed($this->store->claim($this->request, $this->claim->token));
        $this->request = null;
    }

    private function handle(): void
    {
        try {
            $handler = $this->handlers instanceof Handler ? $this->handlers : $this->handlers->handler($this->route);
            if ($this->claim !== null) {
                [$key, $token] = [$this->claim->key, $this->claim->token];
                $connection = $this->store instanceof Inbox ? $this->store->connection($token) : null;
                $this->claim = new Claim($this->store, $key, $token, $this->delivery->attempt(), $connection);
                Unfinished::add($this);
            }
            $handler->run($this->event, $this->claim);
            $this->delivery->handled($this->claim?->isHandedOver() ? 'handed_over' : 'returned', null);
        } catch (Throwable $error) {
            $this->thrown = $error;
            $this->delivery->handled('failed', get_debug_type($error));
        } finally {
            $this->claim === null ?: Unfinished::remove($this);
        }
    }

    private function log(): void
    {
        $record = $this->delivery->record($this->logger instanceof ErrorLog ? ErrorLog::DROPPED : null);
        if ($record !== null) {
            [$level, $line, $fields, $withException] = $record;
            $exception = $withException && $this->thrown !== null ? ['exception' => $this->thrown] : [];
            $this->logTo($level, $line, $fields + $exception);
        }
    }

    private function end(): ?Response
    {
        $answer = $this->delivery->answer();
        if ($answer === null) {
            return null;
        }
        [$code, $status, $headers, $body] = $answer;
        if ($this->onResult !== null) {
            [$id, $type] = [$this->event['id'] ?? null, $this->event['type'] ?? null];
            $seconds = (hrtime(true) - $this->started) / 1e9;
            [$secret, $attempt] = [$this->delivery->matchingSecret(), $this->delivery->attempt()];
            try {
                ($this->onResult)(new WebhookResult($code, $status, $id, $type, $secret, $seconds, $attempt));
            } catch (Throwable $error) {
                $this->logTo('error', 'onResult failed', ['exception' => $error]);
            }
        }

        return new Response($status, $headers, $body);
    }

    /**
     * @param array<string, mixed> $context
     */
    private function logTo(string $level, string $message, array $context): void
    {
        try {
            $this->logger->log($level, $message, $context);
        } catch (Throwable) {
            // A log that cannot be written must not have the event delivered again.
        }
    }
}
