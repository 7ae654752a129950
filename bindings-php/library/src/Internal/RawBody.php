<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Closure;
use Payvost\Webhooks\InvalidPayloadException;
use Payvost\Webhooks\WebhookVerifier;

/**
 * Reads the body of a request, and no more of it than the verifier takes.
 *
 * @internal
 */
final class RawBody
{
    private const CHUNK_BYTES = 65536;

    /**
     * @param Closure(int): (string|false) $read     reads up to so many bytes; nothing at the end
     * @param string                       $length   the header `Content-Length`, or `''`
     * @param bool                         $isParsed whether somebody has made values of the body
     *
     * @return string|null null when somebody has consumed the raw bytes
     *
     * @throws InvalidPayloadException `payload_too_large`
     */
    public static function read(Closure $read, string $length, bool $isParsed, WebhookVerifier $verifier): ?string
    {
        $announced = preg_match('/^\d+$/D', $length) === 1 ? (int) $length : 0;
        $verifier->checkPayloadLength($announced);
        $body = '';
        while (($chunk = $read(self::CHUNK_BYTES)) !== '' && $chunk !== false) {
            $body .= $chunk;
            $verifier->checkPayloadLength(strlen($body));
        }

        return $body === '' && ($announced > 0 || $isParsed) ? null : $body;
    }
}
