<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Symfony;

use SensitiveParameter;
use Symfony\Component\RemoteEvent\RemoteEvent;

/**
 * A verified event for symfony/remote-event. Its name is the type, its payload the whole event.
 */
final class WebhookEvent extends RemoteEvent
{
    /**
     * @param array<string, mixed> $event
     * @param string $body the raw body, with which the consumer claims the event
     */
    public function __construct(
        array $event,
        #[SensitiveParameter]
        public readonly string $body,
        #[SensitiveParameter]
        public readonly string $signature
    ) {
        parent::__construct($event['type'], $event['id'], $event);
    }
}
