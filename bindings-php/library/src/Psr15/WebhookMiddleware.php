<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Psr15;

use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\MiddlewareInterface;
use Psr\Http\Server\RequestHandlerInterface;

/**
 * Receives webhooks in a PSR-15 application without routes: `POST` requests to one path go to the handler, and all others
 * pass through. Put it before middleware that parses bodies.
 */
final class WebhookMiddleware implements MiddlewareInterface
{
    public function __construct(private WebhookHandler $handler, private string $path = '/webhooks/payvost')
    {
    }

    public function process(ServerRequestInterface $request, RequestHandlerInterface $handler): ResponseInterface
    {
        $isOurs = $request->getMethod() === 'POST' && $request->getUri()->getPath() === $this->path;

        return $isOurs ? $this->handler->handle($request) : $handler->handle($request);
    }
}
