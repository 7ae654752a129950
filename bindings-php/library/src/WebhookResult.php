<?php

declare(strict_types=1);

namespace Payvost\Webhooks;

/**
 * The outcome of a delivery, for metrics.
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
        /** The HTTP status of the response */
        public readonly int $status,
        /** null unless the delivery was verified */
        public readonly ?string $eventId,
        /** null unless the delivery was verified */
        public readonly ?string $eventType,
        /** The position of the secret that matched; null unless the delivery was verified */
        public readonly ?int $matchingSecret,
        /** The duration in seconds, from when the adapter was called: includes reading the body and the handler */
        public readonly float $duration,
        /** How many times the event has been claimed, including this time; 0 without a claim */
        public readonly int $attempt = 0
    ) {
    }
}
