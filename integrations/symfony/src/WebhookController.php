<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Symfony;

use Payvost\Webhooks\IncomingRequest;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;

/**
 * The controller of the webhook's route.
 */
final class WebhookController
{
    public function __construct(private Receivers $receivers)
    {
    }

    public function __invoke(Request $request): Response
    {
        $body = $request->getContent(true);
        $signatures = $request->headers->all('payvost-signature');
        $response = $this->receivers->receiver($request)->receiveFrom(new IncomingRequest(
            static fn (int $bytes): string|false => fread($body, $bytes),
            count($signatures) > 1 ? $signatures : $signatures[0] ?? null,
            $request->headers->get('content-length'),
            $request->headers->get('transfer-encoding'),
            $request->request->count() > 0 || $request->files->count() > 0,
            $request->getMethod()
        ));

        return new Response($response->body, $response->status, $response->headers);
    }
}
