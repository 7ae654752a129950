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
        /** What was signed, to be sent as it is */
        public readonly string $body,
        /** Header values by their names, the signature among them */
        public readonly array $headers,
        /** The value of the header `Payvost-Signature` */
        public readonly string $signature
    ) {
    }
}
