<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Stores;

use SensitiveParameter;

/**
 * A verified delivery that a store is to claim.
 */
final class ClaimRequest
{
    public function __construct(
        /** The key under which the store keeps the claim */
        public readonly string $key,
        /** SHA-256 of the raw body, in hex: it tells a copy of an event from another event with the same id */
        public readonly string $fingerprint,
        /** For people who look at the store: at most 255 bytes */
        public readonly string $eventType,
        /** The raw body, to be kept until the event is handled */
        #[SensitiveParameter]
        public readonly string $payload,
        /** The header `Payvost-Signature`, to be kept with the body */
        #[SensitiveParameter]
        public readonly string $signature,
        /** Whether somebody has asked for this event by its key: then it is claimed even if it is parked */
        public readonly bool $isRetry = false
    ) {
    }
}
