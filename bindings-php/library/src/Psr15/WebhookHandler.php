<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Psr15;

use Payvost\Webhooks\Internal\RawBody;
use Payvost\Webhooks\WebhookReceiver;
use Payvost\Webhooks\WebhookVerifier;
use Psr\Http\Message\ResponseFactoryInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
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
        $answer = $this->receiver->receiveFrom(
            static fn (WebhookVerifier $verifier): ?string => self::read($request, $verifier),
            count($signatures) > 1 ? $signatures : $signatures[0] ?? null
        );
        $response = $this->responses->createResponse($answer->status);
        foreach ($answer->headers as $name => $value) {
            $response = $response->withHeader($name, $value);
        }
        $response->getBody()->write($answer->body);

        return $response;
    }

    /**
     * The raw body, also when somebody has read it and it can be read again; otherwise null.
     */
    private static function read(ServerRequestInterface $request, WebhookVerifier $verifier): ?string
    {
        $body = $request->getBody();
        $isParsed = ($request->getParsedBody() ?? []) !== [];
        try {
            if ($body->isSeekable()) {
                $body->rewind();
            } elseif ($body->tell() > 0) {
                return null;
            }
            $read = static fn (int $bytes): string => $body->eof() ? '' : $body->read($bytes);

            return RawBody::read($read, $request->getHeaderLine('Content-Length'), $isParsed, $verifier);
        } catch (RuntimeException) {
            // The stream is closed, detached or broken.
            return null;
        }
    }
}
