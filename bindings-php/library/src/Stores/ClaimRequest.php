<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Stores;

use SensitiveParameter;

/**
 * What a store is asked to claim: a verified delivery.
 */
final class ClaimRequest
{
    public function __construct(
        /** The key under which the store keeps the claim */
        public readonly string $key,
        /** SHA-256 of the raw body: what tells the same event from another one with its id */
        public readonly string $fingerprint,
        /** For people who look at the store: at most 255 bytes */
        public readonly string $eventType,
        /** The raw body, to be kept until the event is handled */
        #[SensitiveParameter]
        public readonly string $payload,
        /** The header `Payvost-Signature`, to be kept with the body */
        #[SensitiveParameter]
        public readonly string $signature
    ) {
    }
}
