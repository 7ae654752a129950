<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Testing;

use Payvost\Webhooks\Internal\Companion;
use RuntimeException;
use SensitiveParameter;

/**
 * A receiver under test, on PHP's own web server: see {@see Sandbox::startReceiver()}. It can be stopped and started again, for an outage.
 */
final class Receiver
{
    /** How often a server that has just been started is tried, 5 ms apart. */
    private const TRIES = 2000;

    /**
     * Starts a shell that starts the server, and ends it when the shell's own input is closed. The server gets no input, and the shell
     * keeps no output.
     */
    private const UNTIL_CLOSED = '"$@" </dev/null & child=$!; exec >/dev/null 2>&1; cat; kill $child; wait $child';

    /** The webhook that delivers to this receiver. */
    public readonly string $webhookId;

    /** Where the sandbox delivers. */
    public readonly string $url;

    /** @var list<string> */
    private array $command;

    /** @var array<string, string> */
    private array $environment;

    private ?Companion $process = null;

    /**
     * @param array{id: string, secret: string, url: string} $webhook
     * @param array<string, string> $environment
     * @param list<string> $options
     *
     * @internal
     */
    public function __construct(
        string $script,
        private string $address,
        #[SensitiveParameter]
        array $webhook,
        array $environment,
        array $options
    ) {
        [$this->webhookId, $this->url] = [$webhook['id'], $webhook['url']];
        $this->environment = $environment + ['WEBHOOK_SECRET' => $webhook['secret']] + getenv();
        $server = [PHP_BINARY, ...$options, '-S', $address, $script];
        $this->command = ['/bin/sh', '-c', self::UNTIL_CLOSED, 'sh', ...$server];
        $this->start();
    }

    /**
     * An address on loopback where nothing listens.
     *
     * @internal
     */
    public static function freeAddress(): string
    {
        for ($try = 0; $try < self::TRIES; ++$try) {
            // Below the ports that systems give to connections: one of these could be taken before the server listens.
            $address = '127.0.0.1:' . random_int(20_000, 32_767);
            $socket = @stream_socket_server("tcp://{$address}");
            if ($socket !== false) {
                fclose($socket);

                return $address;
            }
        }
        throw new RuntimeException('no port is free');
    }

    /**
     * Starts the server again, and waits until it accepts connections.
     *
     * @throws RuntimeException it does not start
     */
    public function start(): void
    {
        $this->process ??= new Companion($this->command, $this->environment);
        for ($try = 0; $try < self::TRIES && !$this->process->hasEnded(); ++$try) {
            $connection = @stream_socket_client("tcp://{$this->address}");
            if ($connection !== false) {
                fclose($connection);

                return;
            }
            usleep(5_000);
        }
        throw new RuntimeException("the receiver could not be started:\n" . $this->stop());
    }

    /**
     * Stops the server: an outage.
     *
     * @return string what it has printed and logged
     */
    public function stop(): string
    {
        [$process, $this->process] = [$this->process, null];

        return (string) $process?->stop();
    }
}
