<?php

declare(strict_types=1);

namespace Payvost\Webhooks;

/**
 * What to answer to the provider.
 */
final class Response
{
    /**
     * @param array<string, string> $headers
     */
    public function __construct(
        public readonly int $status,
        public readonly array $headers,
        public readonly string $body
    ) {
    }
}
