<?php

declare(strict_types=1);

namespace Payvost\Webhooks;

/**
 * How a delivery ended, for metrics.
 */
final class WebhookResult
{
    public function __construct(
        /**
         * `handled`, `unhandled`, `handler_failed`, `body_incomplete`, `method_not_allowed`; with a store also
         * `already_handled`, `handed_over`, `claim_lost`, `in_progress`, `event_conflict`, `other_endpoint`,
         * `store_unavailable`; or the code of the exception that refused the delivery
         */
        public readonly string $code,
        /** The HTTP status of the answer */
        public readonly int $status,
        /** null unless the delivery was verified */
        public readonly ?string $eventId,
        /** null unless the delivery was verified */
        public readonly ?string $eventType,
        /** The position of the secret that matched; null unless the delivery was verified */
        public readonly ?int $matchingSecret,
        /** How long it took, in seconds, from the adapter's entry on: reading the body and the handler included */
        public readonly float $duration,
        /** How often the event has been claimed, this time included; 0 without a claim */
        public readonly int $attempt = 0
    ) {
    }
}
