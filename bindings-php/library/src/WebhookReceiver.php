<?php

declare(strict_types=1);

namespace Payvost\Webhooks;

use Closure;
use Payvost\Webhooks\Internal\ErrorLog;
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
    private WebhookVerifier|ConfigurationException $verifier;

    private Closure|WebhookRouter $handler;

    private LoggerInterface|ErrorLog $logger;

    private ?Closure $onResult;

    /**
     * PHP has no start at which to refuse: where the secret cannot be used, every delivery is answered with 500, and
     * the log says why.
     *
     * @param WebhookVerifier|string|non-empty-array<string>|false $verifier a verifier, or what one is made of: the
     *     secret, or several while it is being rotated
     * @param WebhookRouter|callable(array<string, mixed>): mixed $handler a router, or what gets every event
     * @param LoggerInterface|null $logger gets the event's id and type, code and hint of what was refused, and what the
     *     handler threw; never a payload, a signature or a secret. null: refusals and failures go to `error_log()`
     * @param (callable(WebhookResult): mixed)|null $onResult is called when the answer is known; what it throws is
     *     logged and changes no answer
     */
    public function __construct(
        #[SensitiveParameter]
        mixed $verifier,
        WebhookRouter|callable $handler,
        ?LoggerInterface $logger = null,
        ?callable $onResult = null
    ) {
        try {
            $this->verifier = $verifier instanceof WebhookVerifier ? $verifier : new WebhookVerifier($verifier);
        } catch (ConfigurationException $error) {
            $this->verifier = $error;
        }
        $this->handler = $handler instanceof WebhookRouter ? $handler : $handler(...);
        $this->logger = $logger ?? new ErrorLog();
        $this->onResult = $onResult === null ? null : $onResult(...);
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
        $started = hrtime(true);
        $event = $secret = null;
        try {
            $verifier = $this->verifier instanceof WebhookVerifier ? $this->verifier : throw $this->verifier;
            $payload = $read($verifier);
            $event = $verifier->verify($payload, $signature);
            $secret = $this->onResult === null ? null : $verifier->matchingSecret($payload, $signature);
            unset($payload);
        } catch (WebhookException $error) {
            $this->logRefusal($error);
            [$code, $status, $body] = [$error->getErrorCode(), $error->getHttpStatus(), $error->getHttpBody()];
        }
        if ($event !== null) {
            $handled = $this->handle($event);
            $code = $handled ? 'handled' : 'handler_failed';
            [$status, $body] = Internal\answer($handled);
        }
        $seconds = (hrtime(true) - $started) / 1e9;
        [$id, $type] = [$event['id'] ?? null, $event['type'] ?? null];
        $this->report(new WebhookResult($code, $status, $id, $type, $secret, $seconds));

        return new Response($status, ['Content-Type' => 'application/json'], $body);
    }

    /**
     * Calls the handler. What makes sure that an event is handled once has its place here: it claims the event before
     * the handler runs, and completes the claim, or gives it back, afterwards.
     *
     * @param array<string, mixed> $event
     */
    private function handle(#[SensitiveParameter] array $event): bool
    {
        $context = ['event_id' => $event['id'], 'event_type' => $event['type']];
        try {
            $handler = $this->handler instanceof WebhookRouter ? $this->handler->find($event['type']) : $this->handler;
            if ($handler !== null) {
                $handler($event);
            }
        } catch (Throwable $error) {
            $this->log('error', 'webhook handler failed: {event_type} {event_id}', $context + ['exception' => $error]);

            return false;
        }
        $message = $handler === null ? 'webhook of no interest' : 'webhook handled';
        $this->log('info', "{$message}: {event_type} {event_id}", $context);

        return true;
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
