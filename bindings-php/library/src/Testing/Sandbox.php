<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Testing;

use Payvost\Webhooks\Internal\Companion;
use Payvost\Webhooks\Internal\ManageTypes;
use Payvost\Webhooks\Payvost;
use RuntimeException;
use stdClass;

/**
 * A local Payvost for your tests, in a process of its own: it signs events, delivers them and retries as Payvost does. Its clock is
 * virtual: it stands still until the test advances it, so that 96 minutes of retries take no longer than their deliveries.
 *
 * The command `payvost-webhooks` has to be on the `PATH`, or in the environment variable `PAYVOST_WEBHOOKS_BIN`. The sandbox and
 * its receivers end with the object, and with the PHP process, whatever ends that.
 *
 * ```php
 * $sandbox = Sandbox::start();
 * $receiver = $sandbox->startReceiver(__DIR__ . '/../public/index.php');
 * $sandbox->publish('payment.succeeded', ['amount' => '12.00']);
 * self::assertSame('succeeded', $sandbox->logs($receiver->webhookId)[0]['status']);
 * ```
 *
 * @phpstan-import-type CreatedWebhook from ManageTypes
 * @phpstan-import-type DeliveryAttempt from ManageTypes
 */
final class Sandbox
{
    private const BINARY = 'payvost-webhooks';

    private const VARIABLE = 'PAYVOST_WEBHOOKS_BIN';

    /** How long an advance of the clock may take: as long as its deliveries. */
    private const SECONDS_PER_CALL = 600;

    /** Where its API listens. */
    public readonly string $baseUrl;

    /** The key for its API. */
    public readonly string $apiKey;

    /** The management client, connected to this sandbox. */
    public readonly Payvost $payvost;

    /** @var list<Receiver> they run as long as the sandbox */
    private array $receivers = [];

    private function __construct(private Companion $process)
    {
        $ready = json_decode((string) $process->line(), true);
        if (!is_array($ready) || ($ready['ready'] ?? null) !== true) {
            throw new RuntimeException(self::BINARY . " could not be started:\n" . $process->stop());
        }
        [$this->baseUrl, $this->apiKey] = [$ready['baseUrl'], $ready['apiKey']];
        $this->payvost = new Payvost($this->apiKey, baseUrl: $this->baseUrl);
    }

    /**
     * Starts a sandbox on a free port.
     *
     * @param string ...$options further options of `payvost-webhooks sandbox`, such as `'--scenario', 'duplicates'`
     *
     * @throws RuntimeException the command is not installed, or refuses an option
     */
    public static function start(string ...$options): self
    {
        $command = [self::binary(), 'sandbox', '--listen', '127.0.0.1:0', '--clock', 'virtual', '--json', ...$options];

        // The sandbox runs as long as the command beside it, and cat runs until its input is closed.
        return new self(new Companion([...$command, '--', 'cat']));
    }

    /**
     * Registers a URL.
     *
     * @param list<string> $events the types of events to send there
     *
     * @return array<string, mixed> the webhook, with its `id` and its `secret`
     *
     * @phpstan-return CreatedWebhook
     */
    public function addEndpoint(string $url, array $events = ['*']): array
    {
        return $this->payvost->webhooks->create(['url' => $url, 'events' => $events]);
    }

    /**
     * Starts a receiver on PHP's own web server, in a process of its own, and registers its URL.
     *
     * @param string                $script      the front controller, such as `public/index.php`
     * @param array<string, string> $environment more variables for it, besides those of this process and `WEBHOOK_SECRET`
     * @param list<string>          $events      the types of events to send there
     * @param string                $path        the path of the URL
     * @param list<string>          $options     options for PHP, such as `'-d', 'memory_limit=64M'`
     *
     * @throws RuntimeException the server does not start
     */
    public function startReceiver(
        string $script,
        array $environment = [],
        array $events = ['*'],
        string $path = '/webhooks/payvost',
        array $options = []
    ): Receiver {
        $address = Receiver::freeAddress();
        $webhook = $this->addEndpoint("http://{$address}{$path}", $events);

        return $this->receivers[] = new Receiver($script, $address, $webhook, $environment, $options);
    }

    /**
     * Publishes an event to all webhooks that subscribe to its type, and waits until each has answered the first attempt.
     *
     * @param array<string, mixed> $data replaces values of the sample's `data`
     *
     * @return string the event's id
     */
    public function publish(string $eventType, array $data = [], ?string $id = null): string
    {
        $parameters = ['eventType' => $eventType, 'data' => $data, 'id' => $id];
        $event = $this->call('events', array_filter($parameters, static fn (mixed $value): bool => $value !== null && $value !== []));
        $this->advance();

        return $event['id'];
    }

    /**
     * Moves the clock, and waits until each attempt that is due by then has been delivered and answered.
     *
     * @return string the new time, such as `2025-11-01T10:40:00.000Z`
     */
    public function advance(int $hours = 0, int $minutes = 0, int $seconds = 0): string
    {
        return $this->payvost->testing->advanceTime(compact('hours', 'minutes', 'seconds'))['now'];
    }

    /**
     * The attempts to deliver to a webhook, the first one first.
     *
     * @param 'failed'|'succeeded'|'pending'|null $status
     *
     * @return list<array<string, mixed>>
     *
     * @phpstan-return list<DeliveryAttempt>
     */
    public function logs(string $webhookId, ?string $status = null): array
    {
        $parameters = ['limit' => 100] + ($status === null ? [] : ['status' => $status]);

        return array_reverse(iterator_to_array($this->payvost->webhooks->getLogs($webhookId, $parameters), false));
    }

    /**
     * How many pairs of event and webhook were accepted, and how many of them are delivered, pending or failed.
     *
     * @return array{accepted: int, delivered: int, pending: int, failed: int}
     */
    public function totals(): array
    {
        return $this->call('totals');
    }

    /**
     * Deletes all webhooks and events, and sets the clock to the present.
     */
    public function reset(): void
    {
        $this->payvost->testing->resetAllData();
        $this->payvost->testing->resetTime();
    }

    /**
     * Waits for the deliveries that are in flight, and ends the sandbox and its receivers.
     *
     * @return array<string, mixed>|null the report: what was delivered, how each attempt was answered, and what scenarios sent in
     *     addition
     */
    public function stop(): ?array
    {
        $lines = explode("\n", trim($this->process->stop()));
        array_map(static fn (Receiver $receiver) => $receiver->stop(), $this->receivers);

        return json_decode(end($lines), true)['report'] ?? null;
    }

    /**
     * Calls the sandbox's own API.
     *
     * @param array<string, mixed>|null $parameters null: GET
     *
     * @return array<string, mixed> the `data` of the response
     */
    private function call(string $path, ?array $parameters = null): array
    {
        $context = stream_context_create(['http' => [
            'method' => $parameters === null ? 'GET' : 'POST',
            'header' => ["Authorization: Bearer {$this->apiKey}", 'Content-Type: application/json', 'Connection: close'],
            'content' => $parameters === null ? '' : json_encode($parameters ?: new stdClass(), JSON_THROW_ON_ERROR),
            'ignore_errors' => true,
            'timeout' => self::SECONDS_PER_CALL,
        ]]);
        $response = json_decode((string) @file_get_contents("{$this->baseUrl}/v1/testing/{$path}", false, $context), true);

        return $response['data'] ?? throw new RuntimeException(
            "the sandbox refused {$path}: " . ($response['error']['message'] ?? 'it does not respond')
        );
    }

    /**
     * @throws RuntimeException
     */
    private static function binary(): string
    {
        $given = (string) getenv(self::VARIABLE);
        $folders = explode(PATH_SEPARATOR, (string) getenv('PATH'));
        $candidates = $given !== '' ? [$given] : array_map(static fn (string $folder): string => $folder . '/' . self::BINARY, $folders);
        foreach ($candidates as $candidate) {
            if (is_file($candidate) && is_executable($candidate)) {
                return $candidate;
            }
        }
        throw new RuntimeException($given !== ''
            ? self::VARIABLE . " names {$given}, which is not a program: set it to the path of " . self::BINARY
            : self::BINARY . ' was not found: put the command on the PATH, or set ' . self::VARIABLE . ' to its path');
    }
}
