<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests\Support;

use RuntimeException;

/** PHP's built-in web server, in one process, with one script that answers every request. */
final class Server
{
    /** @var resource */
    private $process;

    private string $address;

    /**
     * @param array<string, string> $environment
     * @param list<string>          $options     further options for PHP, such as `-d` and `memory_limit=2M`
     */
    public function __construct(string $script, array $environment = [], array $options = [])
    {
        for ($attempt = 0; $attempt < 5; ++$attempt) {
            $this->address = '127.0.0.1:' . Http::freePort();
            $silent = ['-d', 'display_errors=0', '-d', 'log_errors=0', '-q'];
            $process = proc_open(
                Php::command([...$silent, ...$options, '-S', $this->address, $script]),
                [['file', '/dev/null', 'r'], ['file', '/dev/null', 'w'], ['file', '/dev/null', 'w']],
                $pipes,
                null,
                $environment
            );
            if ($process === false) {
                throw new RuntimeException('the server could not be started');
            }
            $this->process = $process;
            if (Http::isReady($process, "tcp://{$this->address}")) {
                return;
            }
            $this->stop();
        }
        throw new RuntimeException('the server did not begin to listen');
    }

    public function __destruct()
    {
        $this->stop();
    }

    public function stop(): void
    {
        if (is_resource($this->process)) {
            proc_terminate($this->process, 9);
            proc_close($this->process);
        }
    }

    /**
     * @param list<string> $headers
     *
     * @return array{int, string} the status and the body
     */
    public function post(string $body, array $headers = []): array
    {
        return Http::post($this->address, $body, $headers);
    }

    /** The memory of the server's process, in bytes. */
    public function residentBytes(): int
    {
        $pid = proc_get_status($this->process)['pid'];
        preg_match('~^VmRSS:\s+(\d+) kB$~m', (string) file_get_contents("/proc/{$pid}/status"), $match);

        return 1024 * (int) $match[1];
    }
}
