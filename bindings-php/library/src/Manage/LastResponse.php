<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Manage;

/**
 * What the last response of a call said besides its body. Each value is null if the response did not have it.
 */
final class LastResponse
{
    public function __construct(
        /** null: the last attempt got no response */
        public readonly ?int $status,
        /** Payvost's id of the request */
        public readonly ?string $requestId,
        /** How many requests the rate limit allows: `X-RateLimit-Limit` */
        public readonly ?int $rateLimit,
        /** How many of them are left: `X-RateLimit-Remaining` */
        public readonly ?int $rateLimitRemaining,
        /** `X-RateLimit-Reset`, as it was sent */
        public readonly ?int $rateLimitReset,
        /** How many requests the call took */
        public readonly int $attempts
    ) {
    }
}
