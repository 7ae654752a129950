<?php

declare(strict_types=1);

namespace Payvost\Webhooks;

use Closure;
use LogicException;
use Payvost\Webhooks\Internal\ErrorLog;
use Payvost\Webhooks\Stores\Claim;
use Payvost\Webhooks\Stores\ClaimRequest;
use Payvost\Webhooks\Stores\Store;
use Payvost\Webhooks\Stores\StoreException;
use Psr\Log\LoggerInterface;
use SensitiveParameter;
use Throwable;

/**
 * Verifies deliveries, calls handlers, and tells what to answer. It never throws because of a delivery.
 *
 * ```php
 * Sapi::handle(new WebhookReceiver(getenv('WEBHOOK_SECRET'), $router));
 * ```
 */
final class WebhookReceiver
{
    private const HEADERS = ['Content-Type' => 'application/json'];

    /** What is said of an event that did not fail. */
    private const LOGGED = [
        'handled' => ['info', 'webhook handled: {event_type} {event_id}'],
        'already_handled' => ['info', 'webhook already handled: {event_type} {event_id}'],
        'handed_over' => ['info', 'webhook handed over: {event_type} {event_id}'],
        'in_progress' => ['info', 'webhook in progress elsewhere: {event_type} {event_id}'],
        'claim_lost' => ['warning', 'webhook handled, but for longer than its claim held: {event_type} {event_id}'],
        'event_conflict' => ['error', 'webhook not handled, another one had its id: {event_type} {event_id}'],
    ];

    private WebhookVerifier|ConfigurationException $verifier;

    private Closure|WebhookRouter $handler;

    private LoggerInterface|ErrorLog $logger;

    private ?Closure $onResult;

    private ?ClaimPolicy $policy;

    /**
     * PHP has no start at which to refuse: where the secret cannot be used, every delivery is answered with 500, and
     * the log says why.
     *
     * @param WebhookVerifier|string|non-empty-array<string>|false $verifier a verifier, or what one is made of: the
     *     secret, or several while it is being rotated
     * @param WebhookRouter|callable(array<string, mixed>, Claim|null): mixed $handler a router, or what gets every event,
     *     and as a second argument the claim
     * @param LoggerInterface|null $logger gets the event's id and type, code and hint of what was refused, and what the
     *     handler threw; never a payload, a signature or a secret. null: refusals and failures go to `error_log()`
     * @param (callable(WebhookResult): mixed)|null $onResult is called when the answer is known; what it throws is
     *     logged and changes no answer
     * @param Store|null $store makes an event take effect once, however often it is delivered: it is claimed there before
     *     the handler runs. null: the handler is called for each delivery
     */
    public function __construct(
        #[SensitiveParameter]
        mixed $verifier,
        WebhookRouter|callable $handler,
        ?LoggerInterface $logger = null,
        ?callable $onResult = null,
        private ?Store $store = null
    ) {
        try {
            $this->verifier = $verifier instanceof WebhookVerifier ? $verifier : new WebhookVerifier($verifier);
        } catch (ConfigurationException $error) {
            $this->verifier = $error;
        }
        $this->handler = $handler instanceof WebhookRouter ? $handler : $handler(...);
        $this->logger = $logger ?? new ErrorLog();
        $this->onResult = $onResult === null ? null : $onResult(...);
        $this->policy = $store?->policy();
    }

    /**
     * Receives a delivery whose body has been read.
     *
     * @param string      $payload   the raw body of the request, byte for byte as it came
     * @param string|null $signature the header `Payvost-Signature`, or null where there was none
     */
    public function receive(#[SensitiveParameter] mixed $payload, #[SensitiveParameter] mixed $signature): Response
    {
        return $this->receiveFrom(static fn (): mixed => $payload, $signature);
    }

    /**
     * Receives a delivery whose body is still to be read: for adapters.
     *
     * @param Closure(WebhookVerifier): mixed $read reads the raw body; {@see WebhookVerifier::checkPayloadLength()}
     *     says when to stop
     * @param string|array<string>|null $signature the header `Payvost-Signature`: null where there was none, and an
     *     array where it was sent more than once
     */
    public function receiveFrom(
        #[SensitiveParameter]
        Closure $read,
        #[SensitiveParameter]
        mixed $signature
    ): Response {
        return $this->process($read, $signature, false);
    }

    /**
     * Has a dead letter handled again: the delivery that the store has kept is verified once more, with the secrets of
     * today and whatever its age, claimed, and handled.
     *
     * ```php
     * foreach ($store->deadLetters() as $letter) {
     *     echo $letter['key'], ' ', $receiver->retry($letter['key'])?->status, "\n";
     * }
     * ```
     *
     * @param string $key the key of the claim, such as `webhook:evt_1`
     *
     * @return Response|null as for a delivery; null when nothing is kept under that key
     *
     * @throws LogicException the receiver has no store
     */
    public function retry(string $key): ?Response
    {
        $store = $this->store ?? throw new LogicException('the receiver has no store');
        $started = hrtime(true);
        try {
            $kept = $store->delivery($key);
        } catch (Throwable $error) {
            $kind = $error instanceof StoreException ? $error->getMessage() : get_debug_type($error);
            $this->log('error', 'webhook not found again. {error}', ['error' => $kind]);

            return $this->answer('store_unavailable', 0, null, null, $started);
        }
        if ($kept === null) {
            return null;
        }

        return $this->process(static fn (): string => $kept['payload'], $kept['signature'], true);
    }

    private function process(
        #[SensitiveParameter]
        Closure $read,
        #[SensitiveParameter]
        mixed $signature,
        bool $isKept
    ): Response {
        $started = hrtime(true);
        try {
            $verifier = $this->verifier instanceof WebhookVerifier ? $this->verifier : throw $this->verifier;
            $payload = $read($verifier);
            $verified = Internal\receive($verifier, $this->policy, $payload, $signature, $isKept);
        } catch (WebhookException $error) {
            return $this->refuse($error, $started);
        }
        [$event, $secret] = $verified;
        $request = isset($verified[2]) ? new ClaimRequest(...array_slice($verified, 2), ...[$payload, $signature]) : null;
        unset($payload, $verified);
        [$code, $wait] = $this->handle($event, $request);

        return $this->answer($code, $wait, $event, $secret, $started);
    }

    private function refuse(WebhookException $error, int $started): Response
    {
        $this->logRefusal($error);
        [$code, $status] = [$error->getErrorCode(), $error->getHttpStatus()];
        $this->report(new WebhookResult($code, $status, null, null, null, self::since($started)));

        return new Response($status, self::HEADERS, $error->getHttpBody());
    }

    /**
     * @param array<string, mixed>|null $event
     */
    private function answer(
        string $code,
        int $wait,
        #[SensitiveParameter]
        ?array $event,
        ?int $secret,
        int $started
    ): Response {
        [$status, $body, $retryAfter] = Internal\answer($code, $wait);
        [$id, $type] = [$event['id'] ?? null, $event['type'] ?? null];
        $this->report(new WebhookResult($code, $status, $id, $type, $secret, self::since($started)));
        $headers = $retryAfter === null ? self::HEADERS : self::HEADERS + ['Retry-After' => (string) $retryAfter];

        return new Response($status, $headers, $body);
    }

    /**
     * @param array<string, mixed> $event
     *
     * @return array{string, int} the code of the outcome, and for how long another worker has the event
     */
    private function handle(#[SensitiveParameter] array $event, #[SensitiveParameter] ?ClaimRequest $request): array
    {
        $names = ['event_id' => $event['id'], 'event_type' => $event['type']];
        try {
            $handler = $this->handler instanceof WebhookRouter ? $this->handler->find($event['type']) : $this->handler;
        } catch (Throwable $error) {
            $this->logFailure($error, $names);

            return ['handler_failed', 0];
        }
        if ($handler === null) {
            $this->log('info', 'webhook of no interest: {event_type} {event_id}', $names);

            return ['handled', 0];
        }
        [$code, $wait] = match (true) {
            $this->store === null => $this->handleWithoutClaim($handler, $event, $names),
            // Never without a claim where one was asked for.
            $request === null => ['store_unavailable', 0],
            default => $this->handleOnce($this->store, $request, $handler, $event, $names),
        };
        if (isset(self::LOGGED[$code])) {
            $this->log(...self::LOGGED[$code], ...[$names]);
        }

        return [$code, $wait];
    }

    /**
     * @param array<string, mixed>  $event
     * @param array<string, string> $names
     *
     * @return array{string, int}
     */
    private function handleWithoutClaim(
        #[SensitiveParameter]
        Closure $handler,
        #[SensitiveParameter]
        array $event,
        #[SensitiveParameter]
        array $names
    ): array {
        try {
            Internal\Handler::call($handler, $event, null);
        } catch (Throwable $error) {
            $this->logFailure($error, $names);

            return ['handler_failed', 0];
        }

        return ['handled', 0];
    }

    /**
     * @param array<string, mixed>  $event
     * @param array<string, string> $names
     *
     * @return array{string, int}
     */
    private function handleOnce(
        Store $store,
        #[SensitiveParameter]
        ClaimRequest $request,
        #[SensitiveParameter]
        Closure $handler,
        #[SensitiveParameter]
        array $event,
        #[SensitiveParameter]
        array $names
    ): array {
        $log = fn (string $level, string $text, array $more) => $this->log($level, $text, $names + $more);
        $call = function (Claim $claim) use ($handler, $event, $names): void {
            try {
                Internal\Handler::call($handler, $event, $claim);
            } catch (Throwable $error) {
                $this->logFailure($error, $names);
                throw $error;
            }
        };

        return (new Internal\Once($store, $log))->handle($request, $call);
    }

    /**
     * @param array<string, string> $names
     */
    private function logFailure(Throwable $error, array $names): void
    {
        $this->log('error', 'webhook handler failed: {event_type} {event_id}', $names + ['exception' => $error]);
    }

    private static function since(int $started): float
    {
        return (hrtime(true) - $started) / 1e9;
    }

    private function logRefusal(WebhookException $error): void
    {
        $this->log($error instanceof ConfigurationException ? 'error' : 'warning', 'webhook refused: {code}. {hint}', [
            'code' => $error->getErrorCode(),
            'hint' => $error->getHint(),
        ]);
    }

    private function report(WebhookResult $result): void
    {
        if ($this->onResult === null) {
            return;
        }
        try {
            ($this->onResult)($result);
        } catch (Throwable $error) {
            $this->log('error', 'the hook for webhook results failed', ['exception' => $error]);
        }
    }

    /**
     * @param array<string, mixed> $context
     */
    private function log(string $level, string $message, array $context): void
    {
        try {
            $this->logger->log($level, $message, $context);
        } catch (Throwable) {
            // A log that cannot be written must not have the event delivered again.
        }
    }
}
