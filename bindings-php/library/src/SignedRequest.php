<?php

declare(strict_types=1);

namespace Payvost\Webhooks;

/**
 * A request as the provider would send it, for tests.
 */
final class SignedRequest
{
    /**
     * @param array<string, string> $headers
     */
    public function __construct(
        public readonly string $body,
        public readonly array $headers,
        public readonly string $signature
    ) {
    }
}
