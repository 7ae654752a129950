<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use SensitiveParameter;

/**
 * Sends the requests of the management client.
 *
 * @internal
 */
interface Transport
{
    /**
     * Sends one request, and follows no redirect.
     *
     * @param array<string, string> $headers
     * @param int|null $timeLimitMs from connecting to the last byte of the body
     * @param int $maxBytes the longest body, after decompression
     *
     * @return array{int, list<string>, string}|string the status, the headers as a list in which values follow their names, and
     *     the body; or the name of the fault
     */
    public function send(
        string $method,
        string $url,
        #[SensitiveParameter]
        array $headers,
        ?string $body,
        ?int $timeLimitMs,
        int $maxBytes
    ): array|string;
}
