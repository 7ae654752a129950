<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Symfony\Messenger;

/**
 * The message for a queued handler.
 */
final class HandleWebhook
{
    /**
     * @param string $handler the id of the service
     * @param array<string, mixed> $event
     * @param array{key: string, token: string}|null $ticket of the claim that was handed over; null after an inbox
     */
    public function __construct(
        public readonly string $handler,
        public readonly array $event,
        public readonly ?array $ticket
    ) {
    }
}
