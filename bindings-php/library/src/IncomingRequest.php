<?php

declare(strict_types=1);

namespace Payvost\Webhooks;

use Closure;
use Payvost\Webhooks\Internal\Delivery;
use SensitiveParameter;
use Throwable;

/**
 * A request whose body is still to be read: what an adapter passes to {@see WebhookReceiver::receiveFrom()}.
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
     * @param (Closure(int): (string|false))|null $read reads up to that many bytes: returns an empty string or false at the
     *     end, and throws when the sender breaks off. null: other code has consumed the body
     * @param string|null $contentLength    the header `Content-Length`
     * @param string|null $transferEncoding the header `Transfer-Encoding`
     * @param bool        $isParsed         whether other code has parsed the body
     * @param string|null $method           the method; null if the router accepts `POST` only
     */
    public function __construct(
        #[SensitiveParameter]
        private ?Closure $read,
        /** The header `Payvost-Signature`: null without one, an array if it was sent more than once */
        #[SensitiveParameter]
        public readonly string|array|null $signature,
        private ?string $contentLength = null,
        private ?string $transferEncoding = null,
        private bool $isParsed = false,
        private ?string $method = null
    ) {
    }

    /**
     * Reads the body, up to the receiver's limit.
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
