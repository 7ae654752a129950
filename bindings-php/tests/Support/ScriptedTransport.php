<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests\Support;

use Payvost\Webhooks\Internal\ManageHost;
use Payvost\Webhooks\Internal\Transport;
use RuntimeException;
use SensitiveParameter;

/** The transport, the clock and the random bits of a scripted call of the management API. */
final class ScriptedTransport extends ManageHost implements Transport
{
    private const START_UNIX_MS = 1_761_991_200_000;

    /** @var list<array<string, mixed>> */
    public array $script = [];

    /** In hexadecimal digits. */
    public string $random = '';

    /** @var list<array<string, mixed>> */
    public array $requests = [];

    /** @var list<int> */
    public array $waits = [];

    private int $clockMs = 0;

    private int $bits = 0;

    public function send(
        string $method,
        string $url,
        #[SensitiveParameter]
        array $headers,
        ?string $body,
        ?int $timeLimitMs,
        int $maxBytes
    ): array|string {
        $agent = $headers['User-Agent'];
        if (preg_match('~^payvost-webhooks/\S+ php/\d+\.\d+\.\d+~', $agent) !== 1) {
            throw new RuntimeException("the user agent is {$agent}");
        }
        unset($headers['User-Agent']);
        $headers = array_change_key_case($headers);
        $this->requests[] = ['time_limit_ms' => $timeLimitMs] + compact('method', 'url', 'headers', 'body');
        $step = array_shift($this->script) ?? throw new RuntimeException('nothing more is scripted');
        $this->clockMs += $step['takes'] ?? 0;
        $this->bits = $step['random'] ?? 0;
        if (isset($step['fault'])) {
            return $step['fault'];
        }

        return [$step['status'], array_merge(...$step['headers'] ?? []), self::body($step)];
    }

    public function elapsedMs(): int
    {
        return $this->clockMs;
    }

    public function unixMs(): int
    {
        return self::START_UNIX_MS + $this->clockMs;
    }

    public function pause(int $milliseconds): bool
    {
        $this->waits[] = $milliseconds;
        $step = isset($this->script[0]['wait']) ? array_shift($this->script)['wait'] : [];
        $this->clockMs += $step['lasts'] ?? $milliseconds;

        return !($step['cancelled'] ?? false);
    }

    public function key(): string
    {
        return (string) hex2bin($this->random);
    }

    public function bits(): int
    {
        return $this->bits;
    }

    /** @param array<string, mixed> $step */
    private static function body(array $step): string
    {
        return match (true) {
            isset($step['body_hex']) => (string) hex2bin($step['body_hex']),
            isset($step['body_repeat']) => implode('', array_map(
                static fn (array $part): string => str_repeat($part[0], $part[1]),
                $step['body_repeat']
            )),
            default => $step['body'],
        };
    }
}
