<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Stores;

use SensitiveParameter;

/**
 * A verified delivery, for a store to claim.
 */
final class ClaimRequest
{
    public function __construct(
        /** The key under which the store keeps the claim */
        public readonly string $key,
        /** SHA-256 of the raw body, in hex: tells a duplicate from another event with the same id */
        public readonly string $fingerprint,
        /** For people who look into the store: at most 255 bytes */
        public readonly string $eventType,
        /** The raw body, to keep until the event is handled */
        #[SensitiveParameter]
        public readonly string $payload,
        /** The header `Payvost-Signature`, to keep with the body */
        #[SensitiveParameter]
        public readonly string $signature,
        /** Whether this is a retry by the event's key, which claims it even if it is parked */
        public readonly bool $isRetry = false
    ) {
    }
}
