<?php

declare(strict_types=1);

namespace Payvost\Webhooks;

use Closure;
use Payvost\Webhooks\Internal\Delivery;
use SensitiveParameter;
use Throwable;

/**
 * A request whose body is still to be read: what an adapter hands to {@see WebhookReceiver::receiveFrom()}.
 *
 * ```php
 * $response = $receiver->receiveFrom(new IncomingRequest(
 *     fn (int $bytes) => fread($input, $bytes),
 *     $headers['payvost-signature'] ?? null,
 *     $headers['content-length'] ?? null,
 *     $headers['transfer-encoding'] ?? null,
 * ));
 * ```
 */
final class IncomingRequest
{
    private const CHUNK_BYTES = 65_536;

    /**
     * @param (Closure(int): (string|false))|null $read reads up to so many bytes: nothing or false at the end, and it
     *     throws when the sender breaks off. null: somebody has consumed the body before
     * @param string|null $contentLength    the header `Content-Length`
     * @param string|null $transferEncoding the header `Transfer-Encoding`
     * @param bool        $isParsed         whether somebody has parsed the body before
     * @param string|null $method           the method, where no router has let only `POST` pass
     */
    public function __construct(
        #[SensitiveParameter]
        private ?Closure $read,
        /** The header `Payvost-Signature`: null if there is none, an array if it was sent more than once */
        #[SensitiveParameter]
        public readonly string|array|null $signature,
        private ?string $contentLength = null,
        private ?string $transferEncoding = null,
        private bool $isParsed = false,
        private ?string $method = null
    ) {
    }

    /**
     * Reads the body, and no more of it than the receiver takes.
     *
     * @internal
     */
    public function read(Delivery $delivery): string
    {
        $limit = $delivery->readLimit($this->method, $this->contentLength, $this->transferEncoding);
        [$body, $end] = ['', $this->read === null ? 'consumed' : 'reached'];
        try {
            while ($end === 'reached' && ($left = $limit - strlen($body)) > 0) {
                $chunk = ($this->read)(min($left, self::CHUNK_BYTES));
                if ($chunk === '' || $chunk === false) {
                    break;
                }
                $body .= $chunk;
            }
        } catch (Throwable) {
            $end = 'broken';
        }
        $delivery->arrived(strlen($body), $body === '' && $this->isParsed ? 'consumed' : $end);

        return $body;
    }
}
