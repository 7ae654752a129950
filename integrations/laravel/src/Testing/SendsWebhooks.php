<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Laravel\Testing;

use Illuminate\Testing\TestResponse;
use Payvost\Webhooks\Testing;

/**
 * For a feature test: sends signed webhooks to the application.
 */
trait SendsWebhooks
{
    /**
     * @param array<string, mixed>|string $event an event, or a documented type, of which a fresh sample is sent
     * @param string|null $secret null: that of the configuration
     */
    protected function sendWebhook(array|string $event, string $uri = '/webhooks/payvost', ?string $secret = null): TestResponse
    {
        $event = is_string($event) ? Testing::sampleEvent($event, fresh: true) : $event;
        $secrets = (array) ($secret ?? config('payvost.secret'));
        $request = Testing::signedRequest($event, reset($secrets));
        $server = $this->transformHeadersToServerVars($request->headers);

        return $this->call('POST', $uri, [], [], [], $server, $request->body);
    }
}
