<?php

declare(strict_types=1);

namespace Payvost\Webhooks;

use Closure;
use LogicException;
use Payvost\Webhooks\Internal\Course;
use Payvost\Webhooks\Internal\Delivery;
use Payvost\Webhooks\Internal\ErrorLog;
use Payvost\Webhooks\Internal\Receiver;
use Payvost\Webhooks\Stores\Claim;
use Payvost\Webhooks\Stores\Inbox;
use Payvost\Webhooks\Stores\Store;
use Psr\Log\LoggerInterface;
use SensitiveParameter;

/**
 * Verifies deliveries, calls handlers, and returns the responses. It never throws because of a delivery.
 *
 * ```php
 * Sapi::handle(new WebhookReceiver(getenv('WEBHOOK_SECRET'), $router));
 * ```
 */
final class WebhookReceiver
{
    private Receiver $receiver;

    private Course $course;

    /**
     * An invalid secret does not throw here, because this code runs again for each request: instead the response to every
     * delivery is 500, and the log says why.
     *
     * @param WebhookVerifier|string|non-empty-array<string>|false $verifier a verifier, or the secret; while it is being
     *     rotated, the old and the new secret
     * @param WebhookRouter|callable(array<string, mixed>, Claim|null): mixed $handler a router, or a function for every
     *     event. The claim is its second argument
     * @param LoggerInterface|null $logger gets one record per delivery: never a payload, a signature or a secret. null:
     *     warnings and errors go to `error_log()`
     * @param (callable(WebhookResult): mixed)|null $onResult is called when the outcome is known. An exception that it throws
     *     is logged and does not change the response
     * @param Store|null $store makes an event take effect once, however often it is delivered: the event is claimed there
     *     before the handler runs. null: the handler is called for each delivery
     *
     * @throws ConfigurationException `invalid_option`: the handler is a generator function
     */
    public function __construct(
        #[SensitiveParameter]
        mixed $verifier,
        WebhookRouter|callable $handler,
        ?LoggerInterface $logger = null,
        ?callable $onResult = null,
        private ?Store $store = null
    ) {
        $router = $handler instanceof WebhookRouter ? $handler : (new WebhookRouter())->on('*', $handler);
        $this->receiver = new Receiver($verifier, $store?->policy(), $router->routes(), $store instanceof Inbox);
        $this->course = new Course($router, $store, $logger ?? new ErrorLog(), $onResult === null ? null : $onResult(...));
    }

    /**
     * Receives a delivery whose body has been read.
     *
     * @param string      $payload   the raw body of the request, byte for byte as it came
     * @param string|null $signature the header `Payvost-Signature`, or null without one
     */
    public function receive(#[SensitiveParameter] mixed $payload, #[SensitiveParameter] mixed $signature): Response
    {
        return $this->course->run(new Delivery($this->receiver, null), $payload, $signature);
    }

    /**
     * Receives a delivery whose body is still to be read: for adapters.
     *
     * @param IncomingRequest|Closure(WebhookVerifier): mixed $request the request; or a function that reads the raw body and
     *     calls {@see WebhookVerifier::checkPayloadLength()} to know when to stop
     * @param string|array<string>|null $signature with a function: the header `Payvost-Signature`. null without one, an
     *     array if it was sent more than once
     */
    public function receiveFrom(
        #[SensitiveParameter]
        IncomingRequest|Closure $request,
        #[SensitiveParameter]
        mixed $signature = null
    ): Response {
        $delivery = new Delivery($this->receiver, null);
        if ($request instanceof IncomingRequest) {
            return $this->course->run($delivery, $request->read($delivery), $request->signature);
        }
        try {
            $delivery->readLimit(null, null, null);
            $verifier = $this->receiver->verifier();
            $payload = $verifier === null ? null : $request($verifier);
        } catch (WebhookException $error) {
            $delivery->arrived($error instanceof InvalidPayloadException ? PHP_INT_MAX : 0, 'consumed');
        }

        return $this->course->run($delivery, $payload ?? null, $signature);
    }

    /**
     * Handles a dead letter again: verifies the delivery that the store has kept once more, with today's secrets and whatever
     * its age, then claims and handles it.
     *
     * ```php
     * foreach ($store->deadLetters() as $letter) {
     *     echo $letter['key'], ' ', $receiver->retry($letter['key'])?->status, "\n";
     * }
     * ```
     *
     * @param string $key the key of the claim, such as `webhook:evt_1`
     *
     * @return Response|null the same as for a delivery; 404 for another endpoint's key; null if the store has kept nothing
     *     under this key
     *
     * @throws LogicException the receiver has no store
     */
    public function retry(string $key): ?Response
    {
        $this->store ?? throw new LogicException('the receiver has no store: pass store to its constructor to retry deliveries');

        return $this->course->run(new Delivery($this->receiver, $key));
    }
}
