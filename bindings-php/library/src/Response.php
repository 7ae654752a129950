<?php

declare(strict_types=1);

namespace Payvost\Webhooks;

/**
 * The HTTP response to send to the provider.
 */
final class Response
{
    /**
     * @param array<string, string> $headers
     */
    public function __construct(
        /** The HTTP status */
        public readonly int $status,
        /** Header values by name */
        public readonly array $headers,
        /** The body: JSON */
        public readonly string $body
    ) {
    }
}
