<?php

declare(strict_types=1);

namespace Payvost\Webhooks;

use Payvost\Webhooks\Internal\ManageClient;
use Payvost\Webhooks\Internal\ManageHost;
use Payvost\Webhooks\Internal\Management;
use Payvost\Webhooks\Internal\Transports;
use Payvost\Webhooks\Manage\Attempt;
use Payvost\Webhooks\Manage\LastResponse;
use Payvost\Webhooks\Manage\Sandbox;
use Payvost\Webhooks\Manage\Webhooks;
use Psr\Http\Client\ClientInterface;
use Psr\Http\Message\RequestFactoryInterface;
use Psr\Http\Message\StreamFactoryInterface;
use SensitiveParameter;

/**
 * A client of Payvost's API for webhooks: creates, lists, changes, tests and deletes them, rotates their secrets, and reads their logs.
 *
 * Make one and use it for all calls: it keeps its connection open. It never shows its key.
 *
 * ```php
 * $payvost = new Payvost(getenv('PAYVOST_API_KEY'));
 * $webhook = $payvost->webhooks->create(['url' => 'https://yourapp.com/webhooks/payvost', 'events' => ['payment.*']]);
 * ```
 */
final class Payvost
{
    /** The webhooks of the account. */
    public readonly Webhooks $webhooks;

    /** The test tools, which exist in a sandbox only. */
    public readonly Sandbox $testing;

    private Management $management;

    /**
     * @param string|false $apiKey the secret API key: `sk_test_…` or `sk_live_…`
     * @param 'sandbox'|'production'|null $environment null: follows from the key
     * @param string|null $baseUrl another address of the API, such as that of a local sandbox
     * @param int|float|null $timeoutSeconds how long an attempt may take. null: 30 seconds
     * @param int|float|null $deadlineSeconds how long a call may take, with its retries and pauses. null: 120 seconds
     * @param int|null $maxRetries how often a call is tried again at most, 0 to 10. null: twice
     * @param ClientInterface|null $httpClient a PSR-18 client, which must not follow redirects. null: Guzzle if it is installed, or
     *     else cURL
     * @param RequestFactoryInterface|null $requestFactory null: that of guzzlehttp/psr7 or nyholm/psr7
     * @param StreamFactoryInterface|null $streamFactory null: likewise
     * @param (callable(Attempt): mixed)|null $beforeRequest is called before each request
     * @param (callable(Attempt): mixed)|null $afterResponse is called after each response, and after an attempt without one
     * @param ManageHost|null $host for this library's own tests
     *
     * @throws ConfigurationException `invalid_option`
     */
    public function __construct(
        #[SensitiveParameter]
        mixed $apiKey,
        mixed $environment = null,
        mixed $baseUrl = null,
        mixed $timeoutSeconds = null,
        mixed $deadlineSeconds = null,
        mixed $maxRetries = null,
        mixed $httpClient = null,
        ?RequestFactoryInterface $requestFactory = null,
        ?StreamFactoryInterface $streamFactory = null,
        ?callable $beforeRequest = null,
        ?callable $afterResponse = null,
        ?ManageHost $host = null
    ) {
        $options = compact('environment', 'baseUrl', 'timeoutSeconds', 'deadlineSeconds', 'maxRetries');
        $this->management = new Management(
            new ManageClient($apiKey, Management::json($options), 'php/' . PHP_VERSION),
            Transports::of($httpClient, $requestFactory, $streamFactory),
            $host ?? new ManageHost(),
            $beforeRequest === null ? null : $beforeRequest(...),
            $afterResponse === null ? null : $afterResponse(...)
        );
        $this->webhooks = new Webhooks($this->management);
        $this->testing = new Sandbox($this->management);
    }

    /**
     * What the last response said besides its body: its status, its request id and the rate limit. Null before the first call.
     */
    public function lastResponse(): ?LastResponse
    {
        return $this->management->lastResponse();
    }

    /**
     * The request that a call would send, with the key redacted. Sends nothing.
     *
     * ```php
     * print_r($payvost->dryRun('webhooks.update', ['id' => 'webhook_abc123', 'enabled' => false]));
     * ```
     *
     * @param string $operation such as `webhooks.create`
     * @param array<string, mixed> $parameters including the `id`, where the call has one
     * @param array<string, mixed> $options of the call
     *
     * @return array{method: string, url: string, headers: array<string, string>, body: array<string, mixed>|null}
     *
     * @throws ConfigurationException `invalid_option`
     */
    public function dryRun(string $operation, array $parameters = [], array $options = []): array
    {
        return $this->management->dryRun($operation, $parameters, $options);
    }
}
