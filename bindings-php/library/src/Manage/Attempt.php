<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Manage;

/**
 * One attempt of a call, for a hook: before the request, and again after its response. It holds no secret.
 */
final class Attempt
{
    /**
     * @param string      $operation  such as `webhooks.rotateSecret`
     * @param string      $method     the HTTP method
     * @param string      $path       the path of the URL, without the query
     * @param int         $number     from 1
     * @param int|null    $status     the status of the response; null before it, and without one
     * @param string|null $fault      why there is no response, such as `timed_out`
     * @param int|null    $durationMs how long the attempt took; null before the response
     * @param string|null $requestId  Payvost's id of the request
     */
    public function __construct(
        public readonly string $operation,
        public readonly string $method,
        public readonly string $path,
        public readonly int $number,
        public readonly ?int $status = null,
        public readonly ?string $fault = null,
        public readonly ?int $durationMs = null,
        public readonly ?string $requestId = null
    ) {
    }
}
