<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Symfony;

use RuntimeException;
use Symfony\Component\RemoteEvent\Consumer\ConsumerInterface;
use Symfony\Component\RemoteEvent\RemoteEvent;

/**
 * Consumes the events of {@see RequestParser}: claims each and calls its handler, as the controller would. Tag it
 * `remote_event.consumer` with the name of the route as its `consumer`.
 */
final class WebhookConsumer implements ConsumerInterface
{
    public function __construct(private Receivers $receivers)
    {
    }

    /**
     * @throws RuntimeException it is not handled, so that Messenger tries it again
     */
    public function consume(RemoteEvent $event): void
    {
        if (!$event instanceof WebhookEvent) {
            throw new RuntimeException('the event must come from ' . RequestParser::class);
        }
        $response = $this->receivers->receiver()->receive($event->body, $event->signature);
        if ($response->status !== 200) {
            throw new RuntimeException(json_decode($response->body, true)['error']['code'] . ": {$event->getId()} is not handled");
        }
    }
}
