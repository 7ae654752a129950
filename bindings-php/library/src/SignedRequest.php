<?php

declare(strict_types=1);

namespace Payvost\Webhooks;

/**
 * A request as Payvost would send it, for tests.
 */
final class SignedRequest
{
    /**
     * @param array<string, string> $headers
     */
    public function __construct(
        /** The signed body: send it unchanged */
        public readonly string $body,
        /** Header values by name, including the signature */
        public readonly array $headers,
        /** The value of the header `Payvost-Signature` */
        public readonly string $signature
    ) {
    }
}
