<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Laravel;

use Illuminate\Http\Request;
use Illuminate\Http\Response;
use Payvost\Webhooks\IncomingRequest;

/**
 * The action of the route.
 */
final class WebhookController
{
    public function __invoke(Request $request, Webhooks $webhooks): Response
    {
        $body = $request->getContent(true);
        $signatures = $request->headers->all('payvost-signature');
        $response = $webhooks->receiver($request)->receiveFrom(new IncomingRequest(
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
