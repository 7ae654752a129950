<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use Payvost\Webhooks\Testing;
use Payvost\Webhooks\Tests\Support\Files;
use Payvost\Webhooks\Tests\Support\Fpm;
use Payvost\Webhooks\Tests\Support\Php;
use Payvost\Webhooks\Tests\Support\Sample;
use Payvost\Webhooks\Tests\Support\Service;
use Payvost\Webhooks\Tests\Support\Stores;
use PHPUnit\Framework\TestCase;

/** The whole applications of the guides: under php-fpm behind nginx, with the queue's worker and the merchant's test. */
final class ApplicationsTest extends TestCase
{
    private string $folder;

    /** @var array<string, string> */
    private array $environment;

    protected function setUp(): void
    {
        $this->folder = Files::temporaryFolder();
        $redis = parse_url(Service::shared('redis')->url);
        $this->environment = [
            'WEBHOOK_SECRET' => Sample::SECRET,
            'REDIS_HOST' => $redis['host'],
            'REDIS_PORT' => (string) $redis['port'],
            'PHP_INI_SCAN_DIR' => ":{$this->folder}/ini", // the empty entry stands for the usual folder
        ];
    }

    protected function tearDown(): void
    {
        Files::remove($this->folder);
    }

    /** @return array<string, array{string, list<string>}> the pages, and the autoloaders that their frameworks need */
    public function pages(): array
    {
        return ['Slim' => ['slim.md', ['Slim/autoload.php']], 'PSR-15' => ['psr-15.md', []]];
    }

    /**
     * @dataProvider pages
     *
     * @param list<string> $loaders
     */
    public function testWorkerHandlesAnEventOnce(string $page, array $loaders): void
    {
        $this->layOut($page, $loaders);
        $redis = Stores::connect(Service::shared('redis')->url);
        $redis->flushDB();
        $server = new Fpm("{$this->folder}/public/index.php", $this->environment, ['igbinary', 'redis']);
        $event = Testing::sampleEvent('payment.succeeded', fresh: true);
        $request = Testing::signedRequest($event, Sample::SECRET);
        $deliver = fn (): array => $server->post($request->body, ["Payvost-Signature: {$request->signature}"]);

        self::assertSame([200, '{"received":true}'], $deliver());
        self::assertSame(409, $deliver()[0]);
        $redis->rPush('shipments', $redis->lIndex('shipments', 0)); // the queue delivers it twice as well
        self::assertSame([0, "shipped: {$event['id']} {$event['data']['amount']}\n"], $this->command('bin/worker.php'));
        self::assertSame(0, $redis->lLen('shipments'));
        self::assertSame([200, '{"received":true}'], $deliver());
        self::assertSame([0, ''], $this->command('bin/worker.php'));

        $phpunit = trim((string) shell_exec('command -v phpunit'));
        [$code, $output] = $this->command($phpunit, '--bootstrap', 'vendor/autoload.php', 'tests');
        self::assertSame(0, $code, $output);
        self::assertStringContainsString('OK (1 test', $output);
    }

    /** @param list<string> $loaders */
    private function layOut(string $page, array $loaders): void
    {
        $text = (string) file_get_contents(__DIR__ . "/../../docs/guides/php/{$page}");
        self::assertSame(1, preg_match('~^## A whole application\n(.*?)(?=^## |\z)~ms', $text, $section));
        preg_match_all('~`([\w/]+\.php)`, complete:\n\n```php\n(<\?php\n.*?)^```$~ms', $section[1], $files, PREG_SET_ORDER);
        self::assertCount(5, $files);
        $loaders = [dirname(__DIR__) . '/library/autoload.php', 'GuzzleHttp/Psr7/autoload.php', __DIR__ . '/Support/psr-15.php', ...$loaders];
        $requires = array_map(static fn (string $file): string => "require_once '{$file}';", $loaders);
        // Slim 3 uses features that PHP 8.1 deprecates, as its page says.
        $files[] = ['', 'vendor/autoload.php', implode("\n", ['<?php', 'error_reporting(E_ALL & ~E_DEPRECATED);', ...$requires])];
        $files[] = ['', 'ini/payvost.ini', 'extension=' . Php::library()];
        foreach ($files as [, $name, $code]) {
            is_dir(dirname("{$this->folder}/{$name}")) || mkdir(dirname("{$this->folder}/{$name}"));
            file_put_contents("{$this->folder}/{$name}", $code);
        }
    }

    /** @return array{int, string} */
    private function command(string ...$arguments): array
    {
        $variables = array_map(
            static fn (string $name, string $value): string => "{$name}={$value}",
            array_keys($this->environment),
            $this->environment
        );

        return Php::execute(['env', '-C', $this->folder, ...$variables, PHP_BINARY, ...$arguments]);
    }
}
