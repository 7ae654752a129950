<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests\Support;

use RuntimeException;

/** A server of the management API in a process of its own. */
final class ApiServer
{
    public string $address;

    /** @var resource */
    private $process;

    private string $log;

    public function __construct()
    {
        $this->address = '127.0.0.1:' . Http::freePort();
        $this->log = (string) tempnam(sys_get_temp_dir(), 'payvost');
        $process = proc_open(
            [PHP_BINARY, '-n', __DIR__ . '/api-server.php', $this->address, $this->log],
            [['file', '/dev/null', 'r'], ['file', '/dev/null', 'w'], ['file', '/dev/null', 'w']],
            $pipes
        );
        if ($process === false || !Http::isReady($process, "tcp://{$this->address}")) {
            throw new RuntimeException('the server could not be started');
        }
        $this->process = $process;
    }

    public function __destruct()
    {
        proc_terminate($this->process, 9);
        proc_close($this->process);
        @unlink($this->log);
    }

    /**
     * What was received since the last time.
     *
     * @return list<array{int, string, string}> the number of the connection, the head and the body
     */
    public function requests(): array
    {
        $lines = file($this->log, FILE_IGNORE_NEW_LINES) ?: [];
        file_put_contents($this->log, '');

        return array_map(static fn (string $line): array => json_decode($line, true), $lines);
    }
}
