<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests\Support;

use Payvost\Webhooks\Response;
use Payvost\Webhooks\Stores\Store;
use Payvost\Webhooks\Testing;
use Payvost\Webhooks\WebhookReceiver;
use Payvost\Webhooks\WebhookResult;
use PHPUnit\Framework\TestCase;

/** The base class of tests of receivers with stores. */
abstract class StoresTestCase extends TestCase
{
    protected string $folder;

    protected string $name;

    protected Logger $logger;

    /** @var list<WebhookResult> */
    protected array $results = [];

    protected function setUp(): void
    {
        $this->folder = Files::temporaryFolder();
        $this->name = 'p' . bin2hex(random_bytes(6));
        $this->logger = new Logger();
    }

    protected function tearDown(): void
    {
        Files::remove($this->folder);
    }

    /** @return array<string, array{string}> */
    public function leases(): array
    {
        return array_combine(Stores::LEASES, array_map(static fn (string $name): array => [$name], Stores::LEASES));
    }

    /** @return array<string, array{string}> */
    public function inboxes(): array
    {
        return array_combine(Stores::INBOXES, array_map(static fn (string $name): array => [$name], Stores::INBOXES));
    }

    /** @return array<string, array{string}> */
    public function stores(): array
    {
        return $this->leases() + $this->inboxes();
    }

    /**
     * @param array<string, mixed> $options
     */
    protected function store(string $name, array $options = [], bool $isNew = true): Store
    {
        $isSql = $name !== 'memory' && !str_starts_with($name, 'redis');
        $options += ['prefix' => $this->name] + ($isSql ? ['table' => $this->name] : []);
        $store = Stores::open(Stores::url($name, $this->folder), $options);
        if ($isSql && $isNew) {
            $store->createTable();
        }

        return $store;
    }

    protected function receiver(Store $store, callable $handler, mixed $verifier = Sample::SECRET): WebhookReceiver
    {
        return new WebhookReceiver($verifier, $handler, $this->logger, $this->remember(...), $store);
    }

    /**
     * @param array<string, mixed> $overrides
     */
    protected function deliver(WebhookReceiver $receiver, string $id, array $overrides = []): Response
    {
        $body = self::body($id, $overrides);

        return $receiver->receive($body, Sample::sign($body));
    }

    /**
     * @param array<string, mixed> $overrides
     */
    protected static function body(string $id, array $overrides = []): string
    {
        $event = Testing::sampleEvent('payment.succeeded', $overrides + ['id' => $id, 'liveMode' => true]);

        return Testing::signedRequest($event, Sample::SECRET)->body;
    }

    protected function remember(WebhookResult $result): void
    {
        $this->results[] = $result;
    }

    /** @return list<string> */
    protected function codes(): array
    {
        return array_map(static fn (WebhookResult $result): string => $result->code, $this->results);
    }

    protected static function code(Response $response): string
    {
        return json_decode($response->body, true)['error']['code'] ?? '';
    }
}
