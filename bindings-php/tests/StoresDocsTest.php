<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use PDO;
use Payvost\Webhooks\Tests\Support\Fpm;
use Payvost\Webhooks\Tests\Support\Php;
use Payvost\Webhooks\Tests\Support\Sample;
use Payvost\Webhooks\Tests\Support\Service;
use Payvost\Webhooks\Tests\Support\Stores;
use Payvost\Webhooks\Tests\Support\StoresTestCase;

/** The code of the guides to stores and queues works under php-fpm behind nginx and on the command line. */
final class StoresDocsTest extends StoresTestCase
{
    private const PAGES = [__DIR__ . '/../../docs/guides/php/stores.md', __DIR__ . '/../../docs/guides/php/queue.md'];

    /** @var array<string, string> */
    private array $environment;

    /** @return array<string, array{string, string}> */
    public function ways(): array
    {
        return ['Redis' => ['', 'redis'], 'inbox' => [' for an inbox', 'postgres']];
    }

    /** @dataProvider ways */
    public function testReceiverAnswersAsPromised(string $way, string $service): void
    {
        // A handler that runs until the test stops it, and one that fails the first time.
        $handlers = "    ->on('wallet.frozen', function (): void {\n"
            . "        touch('{$this->folder}/busy');\n"
            . "        while (!is_file('{$this->folder}/done')) {\n            usleep(10_000);\n        }\n    })\n"
            . "    ->on('payment.failed', fn () => is_file('{$this->folder}/repaired') ?: throw new RuntimeException())\n";
        $server = $this->server($way, $handlers);

        self::assertSame([200, '{"received":true}'], self::post($server, self::body('evt_1')));
        self::assertSame([200, '{"received":true}'], self::post($server, self::body('evt_1')));
        if ($way === '') {
            self::assertSame(['paid: pay_abc123'], $server->log());
        } else {
            self::assertSame([['pay_abc123', '99.99']], $this->payments());
        }
        [$status, $body] = self::post($server, self::body('evt_1', ['data' => ['amount' => '1.00']]));
        self::assertSame([409, 'event_conflict'], [$status, json_decode($body, true)['error']['code']]);

        $slow = self::body('evt_2', ['type' => 'wallet.frozen']);
        $first = $server->begin($slow, ['Payvost-Signature: ' . Sample::sign($slow)]);
        $this->waitFor("{$this->folder}/busy");
        [$status, $body] = self::post($server, $slow);
        self::assertSame([409, 'in_progress'], [$status, json_decode($body, true)['error']['code']]);
        self::assertGreaterThanOrEqual(1, (int) $server->header('Retry-After'));
        touch("{$this->folder}/done");
        self::assertStringStartsWith('HTTP/1.1 200 ', (string) stream_get_contents($first));
        self::assertSame(200, self::post($server, $slow)[0]);

        $this->deadLetterIsHandledAgain($server);
        Service::shared($service)->stop();
        try {
            [$status, $body] = self::post($server, self::body('evt_3'));
        } finally {
            Service::shared($service)->start();
        }
        self::assertSame([503, 'store_unavailable'], [$status, json_decode($body, true)['error']['code']]);
        $log = implode("\n", $server->log());
        self::assertStringContainsString('webhook store unavailable: payment.succeeded evt_3 (place claim, error_class ', $log);
        self::assertStringNotContainsString(Sample::sign(self::body('evt_3')), $log);
        self::assertSame(200, self::post($server, self::body('evt_3'))[0]);
    }

    public function testWorkerOfTheQueueCompletes(): void
    {
        $server = $this->server(' for a queue');
        $refund = self::body('evt_1', ['type' => 'payment.refunded']);
        self::assertSame(200, self::post($server, $refund)[0]);
        self::assertSame(409, self::post($server, $refund)[0]);
        self::assertSame('600', $server->header('Retry-After'));

        $redis = Stores::connect(Stores::url('redis', $this->folder));
        $redis->rPush('refunds', $redis->lIndex('refunds', 0)); // the queue delivers it twice
        self::assertSame("refunded: pay_abc123\n", $this->command('bin/refunds.php'));
        self::assertSame(200, self::post($server, $refund)[0]);
        self::assertSame('', $this->command('bin/refunds.php'));
    }

    public function testTableIsCleaned(): void
    {
        $server = $this->server(' for an inbox');
        self::post($server, self::body('evt_1'));
        $connection = Stores::connect(Stores::url('postgres', $this->folder));
        self::assertSame("0 rows\n", $this->command('bin/forget.php'));
        $connection->exec('UPDATE payvost_webhook_claims SET forget_at = 1');
        self::assertSame("1 rows\n", $this->command('bin/forget.php'));
    }

    private function deadLetterIsHandledAgain(Fpm $server): void
    {
        self::assertSame(500, self::post($server, self::body('evt_4', ['type' => 'payment.failed']))[0]);
        $letter = "webhook:evt_4 payment.failed failed RuntimeException\n";
        self::assertSame($letter, $this->command('bin/dead-letters.php'));
        self::assertStringContainsString("webhook:evt_4 500\n{$letter}", $this->command('bin/dead-letters.php', 'webhook:evt_4'));
        touch("{$this->folder}/repaired");
        self::assertSame("webhook:evt_4 200\n", $this->command('bin/dead-letters.php', 'webhook:evt_4'));
        self::assertSame("webhook:evt_4 is not kept\n", $this->command('bin/dead-letters.php', 'webhook:evt_4'));
    }

    /** Creates an application from the page's files. */
    private function server(string $way, string $handlers = ''): Fpm
    {
        foreach (['public', 'bin', 'vendor'] as $folder) {
            mkdir("{$this->folder}/{$folder}");
        }
        $library = dirname(__DIR__) . '/library/autoload.php';
        file_put_contents("{$this->folder}/vendor/autoload.php", "<?php require '{$library}';");
        $page = implode("\n", array_map(file_get_contents(...), self::PAGES));
        preg_match_all('~`([\w/-]+\.php)`([^`\n]*)complete:\n\n```php\n(<\?php\n.*?)^```~ms', $page, $files, PREG_SET_ORDER);
        self::assertCount(7, $files);
        foreach ($files as [, $name, $for, $code]) {
            if ($name === 'webhooks.php' && trim($for, ' ,') !== trim($way)) {
                continue;
            }
            $start = "\$router = (new WebhookRouter())\n";
            file_put_contents("{$this->folder}/{$name}", str_replace($start, $start . $handlers, $code));
        }
        $redis = parse_url(Service::shared('redis')->url);
        $database = parse_url(Service::shared('postgres')->url);
        $this->environment = [
            'WEBHOOK_SECRET' => Sample::SECRET,
            'REDIS_HOST' => $redis['host'],
            'REDIS_PORT' => (string) $redis['port'],
            'DATABASE' => "pgsql:host={$database['host']};port={$database['port']};dbname=postgres;user=postgres",
        ];
        Stores::connect(Service::shared('redis')->url)->flushDB();
        $connection = Stores::connect(Service::shared('postgres')->url);
        $connection->exec('DROP TABLE IF EXISTS payvost_webhook_claims, payments');
        $connection->exec('CREATE TABLE payments (id text, amount text)');
        Stores::open('inbox+' . Service::shared('postgres')->url)->createTable();

        return new Fpm("{$this->folder}/public/index.php", $this->environment, ['igbinary', 'redis', 'pdo', 'pdo_pgsql']);
    }

    /** Runs one of the page's commands. */
    private function command(string $file, string ...$arguments): string
    {
        $command = Php::commandWithClients(['-d', 'error_log=/dev/null', "{$this->folder}/{$file}", ...$arguments]);
        [$exit, $output] = Php::execute(['env', ...array_map(
            static fn (string $name, string $value): string => "{$name}={$value}",
            array_keys($this->environment),
            $this->environment
        ), ...$command]);
        self::assertSame(0, $exit, $output);

        return $output;
    }

    /** @return array{int, string} */
    private static function post(Fpm $server, string $body): array
    {
        return $server->post($body, ['Payvost-Signature: ' . Sample::sign($body)]);
    }

    /** @return list<array{string, string}> */
    private function payments(): array
    {
        $rows = Stores::connect(Service::shared('postgres')->url)->query('SELECT id, amount FROM payments');

        return $rows->fetchAll(PDO::FETCH_NUM);
    }

    private function waitFor(string $file): void
    {
        for ($attempt = 0; $attempt < 1000 && !is_file($file); ++$attempt) {
            usleep(10_000);
            clearstatcache();
        }
        self::assertFileExists($file);
    }
}
