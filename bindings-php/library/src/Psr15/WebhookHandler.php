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

/**
 * Receives webhooks in a PSR-15 application: the handler for the route of the webhook.
 *
 * ```php
 * $handler = new WebhookHandler($receiver, $responseFactory);
 * ```
 */
final class WebhookHandler implements RequestHandlerInterface
{
    public function __construct(
        private WebhookReceiver $receiver,
        private ResponseFactoryInterface $responses
    ) {
    }

    public function handle(ServerRequestInterface $request): ResponseInterface
    {
        $signatures = $request->getHeader('Payvost-Signature');
        $answer = $this->receiver->receiveFrom(new IncomingRequest(
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
     * Reads the raw body, also when somebody has read it and it can be read again; otherwise null.
     *
     * @return (Closure(int): string)|null
     */
    private static function reader(StreamInterface $body): ?Closure
    {
        try {
            if ($body->isSeekable()) {
                $body->rewind();
            } elseif ($body->tell() > 0 || !$body->isReadable()) {
                return null;
            }
        } catch (RuntimeException) {
            // The stream is closed or detached.
            return null;
        }

        return static fn (int $bytes): string => $body->eof() ? '' : $body->read($bytes);
    }
}
