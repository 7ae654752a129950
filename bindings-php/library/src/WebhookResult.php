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
         * `handled`, `handler_failed`, with a store also `already_handled`, `handed_over`, `claim_lost`, `in_progress`,
         * `event_conflict`, `store_unavailable`; or the code of the exception that refused the delivery
         */
        public readonly string $code,
        /** The HTTP status of the answer */
        public readonly int $status,
        /** null when the delivery was refused */
        public readonly ?string $eventId,
        /** null when the delivery was refused */
        public readonly ?string $eventType,
        /** The position of the secret that matched; null when the delivery was refused */
        public readonly ?int $matchingSecret,
        /** How long it took, in seconds, with reading the body and the handler */
        public readonly float $duration
    ) {
    }
}
