<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Manage;

/**
 * One attempt of a call, for a hook: before the request, and again after its response. It holds no secret.
 */
final class Attempt
{
    public function __construct(
        /** Such as `webhooks.rotateSecret` */
        public readonly string $operation,
        /** The HTTP method */
        public readonly string $method,
        /** The path of the URL, without the query */
        public readonly string $path,
        /** Which attempt it is, from 1 */
        public readonly int $number,
        /** The status of the response; null before it, and without one */
        public readonly ?int $status = null,
        /** Why there is no response, such as `timed_out` */
        public readonly ?string $fault = null,
        /** How long the attempt took; null before the response */
        public readonly ?int $durationMs = null,
        /** Payvost's id of the request */
        public readonly ?string $requestId = null
    ) {
    }
}
