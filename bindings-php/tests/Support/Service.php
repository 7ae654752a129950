<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests\Support;

use Redis;
use RuntimeException;
use Throwable;

/** A real server for stores, from the repository's `tests/kit/services`. */
final class Service
{
    public readonly string $url;

    private string $folder;

    private int $port;

    /** @var resource|null */
    private $process;

    /** @var array<string, self> */
    private static array $shared = [];

    /** @var array<string> */
    private array $arguments;

    /** Starts `redis`, `redis-cluster`, `postgres`, `pgbouncer` or `mariadb`, and waits until it responds. */
    public function __construct(private string $name, string ...$arguments)
    {
        $this->arguments = $arguments;
        $this->folder = Files::temporaryFolder();
        $this->port = Http::freePort();
        $this->url = match ($name) {
            'redis', 'redis-cluster' => "{$name}://127.0.0.1:{$this->port}",
            'postgres', 'pgbouncer' => "postgres://postgres@127.0.0.1:{$this->port}/postgres",
            'mariadb' => "mysql://root@127.0.0.1:{$this->port}/test",
        };
        $this->start();
    }

    public function __destruct()
    {
        $this->stop();
        Files::remove($this->folder);
    }

    /** The server that all tests share. */
    public static function shared(string $name): self
    {
        if (self::$shared === []) {
            // Also after a fatal error, when PHP calls no destructors.
            register_shutdown_function(static function (): void {
                array_map(static fn (self $service) => $service->stop(), self::$shared);
            });
        }

        return self::$shared[$name] ??= new self($name);
    }

    /** Starts or restarts it, with its data. */
    public function start(): void
    {
        $log = ['file', "{$this->folder}/output.log", 'a'];
        $command = [dirname(__DIR__, 3) . "/tests/kit/services/{$this->name}", $this->folder, (string) $this->port, ...$this->arguments];
        $process = proc_open($command, [['file', '/dev/null', 'r'], $log, $log], $pipes);
        if ($process === false) {
            throw new RuntimeException("{$this->name} could not be started");
        }
        $this->process = $process;
        for ($attempt = 0; $attempt < 3000 && proc_get_status($process)['running']; ++$attempt) {
            if ($this->answers()) {
                return;
            }
            usleep(20_000);
        }
        throw new RuntimeException("{$this->name} does not answer: " . file_get_contents("{$this->folder}/output.log"));
    }

    /** Stops it and closes every connection. Committed data is kept. */
    public function stop(): void
    {
        if (is_resource($this->process)) {
            $this->signal(SIGCONT);
            $this->signal($this->name === 'postgres' ? SIGINT : SIGTERM);
            proc_close($this->process);
        }
        $this->process = null;
    }

    /** Suspends it until it is resumed. */
    public function pause(): void
    {
        $this->signal(SIGSTOP);
        // The signal takes effect a moment later. Until then, a thread may still respond.
        $threads = '/proc/' . proc_get_status($this->process)['pid'] . '/task/*/stat';
        while (preg_grep('/\) [TZX] /', array_map('file_get_contents', glob($threads)), PREG_GREP_INVERT) !== []) {
            usleep(5000);
        }
    }

    public function resume(): void
    {
        $this->signal(SIGCONT);
    }

    private function signal(int $signal): void
    {
        proc_terminate($this->process, $signal);
    }

    private function answers(): bool
    {
        try {
            if ($this->name !== 'redis-cluster') {
                Stores::connect($this->url);

                return true;
            }
            $node = new Redis();
            $node->connect('127.0.0.1', $this->port, 2.0);

            return $node->ping() && is_file("{$this->folder}/is-ready");
        } catch (Throwable) {
            return false;
        }
    }
}
