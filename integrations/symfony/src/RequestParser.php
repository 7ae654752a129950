<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Symfony;

use Payvost\Webhooks\WebhookException;
use Payvost\Webhooks\WebhookVerifier;
use SensitiveParameter;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\RequestMatcherInterface;
use Symfony\Component\Webhook\Client\AbstractRequestParser;
use Symfony\Component\Webhook\Exception\RejectWebhookException;

/**
 * Verifies deliveries for symfony/webhook: the `service` of a route under `framework.webhook.routing`.
 */
final class RequestParser extends AbstractRequestParser
{
    /**
     * @param SecretProvider|null $secrets null: the `secret` of the route
     */
    public function __construct(private ?SecretProvider $secrets = null, private ?bool $liveMode = null)
    {
    }

    protected function getRequestMatcher(): RequestMatcherInterface
    {
        return new class implements RequestMatcherInterface {
            public function matches(Request $request): bool
            {
                return $request->isMethod('POST');
            }
        };
    }

    protected function doParse(Request $request, #[SensitiveParameter] string $secret): WebhookEvent
    {
        $body = $request->getContent();
        $signatures = $request->headers->all('payvost-signature');
        $signature = count($signatures) > 1 ? implode(', ', $signatures) : $signatures[0] ?? null;
        try {
            $verifier = new WebhookVerifier($this->secrets?->secret($request) ?? $secret, expectLiveMode: $this->liveMode);

            return new WebhookEvent($verifier->verify($body, $signature), $body, (string) $signature);
        } catch (WebhookException $error) {
            throw new RejectWebhookException($error->getHttpStatus(), $error->getMessage(), $error);
        }
    }
}
