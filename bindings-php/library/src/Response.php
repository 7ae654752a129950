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
        /** The HTTP status */
        public readonly int $status,
        /** The values of the headers by their names */
        public readonly array $headers,
        /** The body, which is JSON */
        public readonly string $body
    ) {
    }
}
