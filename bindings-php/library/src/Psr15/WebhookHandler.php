<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Psr15;

use Closure;
use Payvost\Webhooks\IncomingRequest;
use Payvost\Webhooks\WebhookReceiver;
use Psr\Http\Message\ResponseFactoryInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Message\StreamInterface;
use Psr\Http\Server\RequestHandlerInterface;
use RuntimeException;
use Throwable;

/**
 * Receives webhooks in a PSR-15 application: the handler for the route of the webhook.
 *
 * ```php
 * $handler = new WebhookHandler($receiver, $responseFactory);
 * ```
 */
final class WebhookHandler implements RequestHandlerInterface
{
    /** The number of reads that may return nothing: three seconds of them. */
    private const EMPTY_READS = 3_010;

    /** The number of such reads without a pause. */
    private const PATIENT_READS = 10;

    /**
     * @param WebhookReceiver|Closure(ServerRequestInterface): WebhookReceiver $receiver a function makes one for each request: with
     *     the secret of its tenant, or with handlers that see the request
     */
    public function __construct(
        private WebhookReceiver|Closure $receiver,
        private ResponseFactoryInterface $responses
    ) {
    }

    public function handle(ServerRequestInterface $request): ResponseInterface
    {
        $signatures = $request->getHeader('Payvost-Signature');
        $receiver = $this->receiver instanceof Closure ? ($this->receiver)($request) : $this->receiver;
        $answer = $receiver->receiveFrom(new IncomingRequest(
            self::reader($request->getBody()),
            count($signatures) > 1 ? $signatures : $signatures[0] ?? null,
            $request->hasHeader('Content-Length') ? $request->getHeaderLine('Content-Length') : null,
            $request->hasHeader('Transfer-Encoding') ? $request->getHeaderLine('Transfer-Encoding') : null,
            ($request->getParsedBody() ?? []) !== [],
            $request->getMethod()
        ));
        $response = $this->responses->createResponse($answer->status);
        foreach ($answer->headers as $name => $value) {
            $response = $response->withHeader($name, $value);
        }
        $response->getBody()->write($answer->body);

        return $response;
    }

    /**
     * Reads the raw body, even if other code has read it, provided that it can be rewound. Null if it cannot.
     *
     * @return (Closure(int): string)|null
     */
    private static function reader(StreamInterface $body): ?Closure
    {
        try {
            if ($body->isSeekable()) {
                $body->rewind();
            } elseif (!$body->isReadable() || self::position($body) > 0) {
                return null;
            }
            // An event loop's streams, for which this cannot wait, throw here.
            $body->eof();
        } catch (Throwable) {
            // The stream is closed or detached.
            return null;
        }

        return static fn (int $bytes): string => self::read($body, $bytes);
    }

    /** 0 for a stream that cannot tell: Content-Length then shows whether bytes are missing. */
    private static function position(StreamInterface $body): int
    {
        try {
            return $body->tell();
        } catch (Throwable) {
            return 0;
        }
    }

    /**
     * Reads again if a stream has nothing yet and is not at its end.
     *
     * @throws RuntimeException it never has anything
     */
    private static function read(StreamInterface $body, int $bytes): string
    {
        for ($attempt = 0; $attempt < self::EMPTY_READS && !$body->eof(); ++$attempt) {
            $chunk = $body->read($bytes);
            if ($chunk !== '') {
                return $chunk;
            }
            // A non-blocking stream is read a thousand times per second.
            $attempt < self::PATIENT_READS ?: usleep(1000);
        }

        return $body->eof() ? '' : throw new RuntimeException('the stream of the request body has no data');
    }
}
