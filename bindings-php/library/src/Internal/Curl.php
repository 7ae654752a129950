<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

/**
 * What is particular about cURL, also if another client uses it.
 *
 * @internal
 */
final class Curl
{
    private const TIMED_OUT = 28;

    /** The name of the proxy or of the host is unknown, or the connection was refused. */
    private const NOT_SENT = [5, 6, 7];

    /** From CURLE_SSL_CONNECT_ERROR to CURLE_SSL_CLIENTCERT. */
    private const TLS_FAILED = [35, 51, 53, 54, 58, 59, 60, 64, 66, 77, 80, 82, 83, 90, 91, 98];

    /** HTTP 0.9, a strange reply, a body that cannot be decompressed or written, and headers that are too long. */
    private const MALFORMED = [1, 8, 23, 61, 100];

    /**
     * Whether a request needs a connection of its own. If a server closes a connection that cURL uses again, cURL repeats the request by
     * itself, although the server may have carried it out.
     */
    public static function needsFreshConnection(string $method): bool
    {
        return $method === 'POST';
    }

    /**
     * The name of the fault that an error is.
     *
     * @param float $pretransferSeconds when the request was ready to be sent; 0 if it never was
     */
    public static function fault(int $errno, float $pretransferSeconds): string
    {
        return match (true) {
            $errno === self::TIMED_OUT => $pretransferSeconds > 0 ? 'timed_out' : 'connect_timed_out',
            in_array($errno, self::NOT_SENT, true) => 'not_sent',
            in_array($errno, self::TLS_FAILED, true) => 'tls_failed',
            in_array($errno, self::MALFORMED, true) => 'malformed',
            default => 'lost',
        };
    }
}
