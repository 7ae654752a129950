<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Manage;

/**
 * What the last response of a call said besides its body. Each value is null if the response did not have it.
 */
final class LastResponse
{
    /**
     * @param int|null    $status             null: the last attempt got no response
     * @param string|null $requestId          Payvost's id of the request
     * @param int|null    $rateLimit          how many requests the rate limit allows: `X-RateLimit-Limit`
     * @param int|null    $rateLimitRemaining how many of them are left: `X-RateLimit-Remaining`
     * @param int|null    $rateLimitReset     `X-RateLimit-Reset`, as it was sent
     * @param int         $attempts           how many requests the call took
     */
    public function __construct(
        public readonly ?int $status,
        public readonly ?string $requestId,
        public readonly ?int $rateLimit,
        public readonly ?int $rateLimitRemaining,
        public readonly ?int $rateLimitReset,
        public readonly int $attempts
    ) {
    }
}
