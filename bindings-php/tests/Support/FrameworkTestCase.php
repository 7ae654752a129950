<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests\Support;

use Payvost\Webhooks\Testing;
use PDO;
use PHPUnit\Framework\TestCase;

/** The application of a framework's guide, over HTTP: php-fpm behind nginx, on real databases. */
abstract class FrameworkTestCase extends TestCase
{
    private const SERVERS = ['postgres', 'mariadb', 'sqlite'];

    protected string $folder;

    protected string $server;

    /** @var array<string, string> */
    protected array $environment;

    protected PDO $database;

    protected string $path = '/webhooks/payvost';

    private ?Fpm $fpm = null;

    protected function setUp(): void
    {
        $this->folder = Files::temporaryFolder();
    }

    protected function tearDown(): void
    {
        $this->fpm = null;
        Files::remove($this->folder);
    }

    /** @return array<string, array{string}> */
    public function servers(): array
    {
        return array_combine(self::SERVERS, array_map(static fn (string $name): array => [$name], self::SERVERS));
    }

    /**
     * Lays out the application: its skeleton, and the files of the guide.
     *
     * @param string $skeleton a folder of tests/apps
     */
    protected function layOut(string $skeleton, string $page, string $server): void
    {
        $root = dirname(__DIR__, 3);
        exec('cp -R ' . escapeshellarg("{$root}/bindings-php/tests/apps/{$skeleton}/.") . ' ' . escapeshellarg($this->folder));
        $text = (string) file_get_contents("{$root}/docs/guides/php/{$page}");
        preg_match_all('~`([\w/.-]+\.(?:php|yaml))`[^`]*?complete(?:[^`]|`[^`]+`)*?:\n\n```(?:php|yaml)\n(.*?)^```~ms', $text, $files, PREG_SET_ORDER);
        self::assertNotSame([], $files);
        foreach ($files as [, $name, $code]) {
            is_dir(dirname("{$this->folder}/{$name}")) || mkdir(dirname("{$this->folder}/{$name}"), 0777, true);
            file_put_contents("{$this->folder}/{$name}", $code);
        }
        $this->server = $server;
        $url = $this->newDatabase($server);
        $this->environment = [
            'LIBRARY' => "{$root}/bindings-php/library/autoload.php",
            'INTEGRATION' => "{$root}/integrations/{$skeleton}",
            'DATABASE' => str_replace('sqlite://', 'sqlite://localhost', $url),
            'WEBHOOK_SECRET' => Sample::SECRET,
            'FOLDER' => $this->folder,
            'APP_ENV' => 'testing',
        ] + getenv();
        $this->database = Stores::connect($url);
    }

    protected function fpm(): Fpm
    {
        $this->fpm ??= new Fpm("{$this->folder}/public/index.php", $this->environment, children: 8, withIni: true);
        $this->fpm->path = $this->path;

        return $this->fpm;
    }

    /**
     * Runs a command of the application.
     *
     * @return array{int, string}
     */
    protected function command(string ...$arguments): array
    {
        $variables = array_map(static fn (string $name, string $value): string => "{$name}={$value}", array_keys($this->environment), $this->environment);
        $command = [...Php::commandWithClients([]), '-d', 'error_reporting=' . (E_ALL & ~E_DEPRECATED), ...$arguments];

        return Php::execute(['env', '-C', $this->folder, ...$variables, ...$command]);
    }

    /** @return array{int, string} the status and the code */
    protected function send(string $body, ?string $signature = null): array
    {
        $signature ??= Sample::sign($body);
        [$status, $answer] = $this->fpm()->post($body, $signature === '' ? [] : ["Payvost-Signature: {$signature}"]);

        return [$status, json_decode($answer, true)['error']['code'] ?? ''];
    }

    protected static function event(string $type, string $id): string
    {
        return Testing::signedRequest(Testing::sampleEvent($type, ['id' => $id, 'liveMode' => true]), Sample::SECRET)->body;
    }

    /** The documented events, the refusals, and 64 duplicates at once. */
    protected function receivesWebhooks(): void
    {
        foreach (Deliveries::TYPES as $type) {
            self::assertSame([200, ''], $this->send(self::event($type, "evt_{$type}")), $type);
        }
        foreach (Deliveries::refused() as $name => [$body, $signature, $status, $code]) {
            self::assertSame([$status, $code], $this->send($body, $signature ?? ''), $name);
        }
        self::assertSame(1, $this->payments());
        $this->handlesDuplicatesOnce(64);
        self::assertStringStartsWith('HTTP/1.1 405 ', (string) stream_get_contents($this->fpm()->begin('', [], 'GET')));
    }

    /** Duplicates that arrive at the same time. */
    protected function handlesDuplicatesOnce(int $number): void
    {
        $before = $this->payments();
        $body = self::event('payment.succeeded', "evt_{$number}");
        $headers = ['Payvost-Signature: ' . Sample::sign($body)];
        $connections = array_map(fn () => $this->fpm()->begin($body, $headers), range(1, $number));
        $statuses = array_map(static fn ($connection): string => substr((string) stream_get_contents($connection), 9, 3), $connections);
        self::assertSame([], array_diff($statuses, ['200', '409']), implode(' ', array_unique($statuses)));
        self::assertContains('200', $statuses);
        self::assertSame([$before + 1, [200, '']], [$this->payments(), $this->send($body)]);
    }

    /** A handler that throws after it wrote, and a worker that is killed after the effect. */
    protected function survivesFailures(): void
    {
        $body = self::event('payment.succeeded', 'evt_failing');
        $before = $this->payments();
        touch("{$this->folder}/throw");
        self::assertSame([500, 'handler_failed'], $this->send($body));
        unlink("{$this->folder}/throw");
        self::assertSame($before, $this->payments());
        self::assertSame([[200, ''], $before + 1], [$this->send($body), $this->payments()]);

        $body = self::event('payment.succeeded', 'evt_killed');
        touch("{$this->folder}/kill");
        self::assertSame(502, $this->send($body)[0]);
        unlink("{$this->folder}/kill");
        for ($attempt = 0; ($result = $this->send($body)) !== [200, ''] && $attempt < 200; ++$attempt) {
            // The database may need a moment to notice that the connection is gone.
            self::assertSame([409, 'in_progress'], $result);
            usleep(20_000);
        }
        self::assertSame([[200, ''], $before + 2], [$result, $this->payments()]);
    }

    /** The code that makes a handler of the guide fail: put at the end of it. */
    protected static function failures(): string
    {
        return "\n        is_file(getenv('FOLDER') . '/throw') && throw new \\RuntimeException('after it wrote');\n"
            . "        is_file(getenv('FOLDER') . '/kill') && posix_kill(getmypid(), 9);\n";
    }

    protected function payments(): int
    {
        return (int) $this->database->query('SELECT count(*) FROM payments')->fetchColumn();
    }

    private function newDatabase(string $server): string
    {
        $url = Stores::url($server, $this->folder);
        if ($server === 'sqlite') {
            return $url;
        }
        $name = 'app' . bin2hex(random_bytes(6));
        Stores::connect($url)->exec("CREATE DATABASE {$name}");

        return substr($url, 0, (int) strrpos($url, '/')) . "/{$name}";
    }
}
