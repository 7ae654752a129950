<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use DateTimeImmutable;
use Payvost\Webhooks\Testing\Receiver;
use Payvost\Webhooks\Testing\Sandbox;
use Payvost\Webhooks\Testing\UsesSandbox;
use Payvost\Webhooks\Tests\Support\Files;
use Payvost\Webhooks\Tests\Support\Php;
use PHPUnit\Framework\TestCase;
use RuntimeException;

/** The fixture for merchants' tests: a local Payvost. */
final class SandboxTest extends TestCase
{
    use UsesSandbox;

    private const SCHEDULE_SECONDS = [0, 5, 65, 365, 2165, 5765];

    /** Writes the ids of what it handles to a file. */
    private const RECEIVER = <<<'PHP'
        <?php
        require getenv('LIBRARY');
        $handler = fn (array $event) => file_put_contents(getenv('HANDLED'), "{$event['id']} {$event['data']['amount']}\n", FILE_APPEND);
        Payvost\Webhooks\Sapi::handle(new Payvost\Webhooks\WebhookReceiver(getenv('WEBHOOK_SECRET'), $handler));
        PHP;

    private string $folder;

    protected function setUp(): void
    {
        $this->folder = Files::temporaryFolder();
        file_put_contents("{$this->folder}/index.php", self::RECEIVER);
        touch("{$this->folder}/handled");
    }

    protected function tearDown(): void
    {
        Files::remove($this->folder);
    }

    /** With `--repeat 200`, this is the check that the fixture is reliable. */
    public function testReceiverThatIsDownForFortyMinutesGetsEveryEvent(): void
    {
        $began = hrtime(true);
        $receiver = $this->receiver();
        $receiver->stop();
        $ids = [];
        for ($number = 1; $number <= 3; ++$number) {
            $ids[] = $this->sandbox()->publish('payment.succeeded', ['amount' => "{$number}.00"], "evt_{$number}");
        }
        $this->sandbox()->advance(minutes: 40);
        self::assertSame(['accepted' => 3, 'delivered' => 0, 'pending' => 3, 'failed' => 0], $this->sandbox()->totals());
        $receiver->start();
        $this->sandbox()->advance(hours: 1);

        self::assertSame(['evt_1', 'evt_2', 'evt_3'], $ids);
        self::assertEqualsCanonicalizing(['evt_1 1.00', 'evt_2 2.00', 'evt_3 3.00'], $this->handled());
        self::assertSame(['accepted' => 3, 'delivered' => 3, 'pending' => 0, 'failed' => 0], $this->sandbox()->totals());
        $attempts = $this->sandbox()->logs($receiver->webhookId);
        foreach ($ids as $id) {
            $ofEvent = array_values(array_filter($attempts, static fn (array $attempt): bool => $attempt['event']['id'] === $id));
            self::assertSame(self::SCHEDULE_SECONDS, self::seconds($ofEvent));
            self::assertSame([1, 2, 3, 4, 5, 6], array_column($ofEvent, 'attempt'));
            self::assertSame([...array_fill(0, 5, 'connection_refused'), null], array_column($ofEvent, 'error'));
            self::assertSame([...array_fill(0, 5, null), 200], array_column($ofEvent, 'responseCode'));
        }
        $report = $this->sandbox()->stop();
        self::assertSame([3, 15], [$report['attempts']['200'], $report['attempts']['connection_refused']]);
        self::assertLessThan(2, (hrtime(true) - $began) / 1e9, 'seconds');
    }

    /** The management, test and log snippets of the provider's guide, in PHP. */
    public function testSnippetsOfTheGuideRun(): void
    {
        $receiver = $this->receiver();
        $payvost = $this->sandbox()->payvost;
        $webhook = $payvost->webhooks->create([
            'url' => 'https://yourapp.com/webhooks/payvost',
            'events' => ['payment.*', 'transfer.*', 'user.kyc_verified'],
            'description' => 'Production webhook endpoint',
        ]);
        self::assertStringStartsWith('whsec_', $webhook['secret']);
        $urls = [];
        foreach ($payvost->webhooks->list() as $listed) {
            $urls[] = $listed['url'];
        }
        self::assertEqualsCanonicalizing([$receiver->url, 'https://yourapp.com/webhooks/payvost'], $urls);
        self::assertSame(['payment.succeeded'], $payvost->webhooks->update($webhook['id'], ['events' => ['payment.succeeded']])['events']);
        self::assertNotSame($webhook['secret'], $payvost->webhooks->rotateSecret($webhook['id'])['secret']);
        $payvost->webhooks->delete($webhook['id']);

        $payvost->webhooks->test($receiver->webhookId, ['eventType' => 'payment.succeeded']);
        $payvost->testing->triggerWebhook($receiver->webhookId, ['eventType' => 'payment.failed', 'data' => ['amount' => '7.00']]);
        $this->sandbox()->advance();
        $printed = '';
        foreach ($payvost->webhooks->getLogs($receiver->webhookId, ['limit' => 50])->data as $log) {
            $printed .= "{$log['event']['type']}: {$log['status']} - {$log['responseCode']}\n";
        }
        self::assertSame("payment.failed: succeeded - 200\npayment.succeeded: succeeded - 200\n", $printed);
        self::assertSame([], $this->sandbox()->logs($receiver->webhookId, 'failed'));
        self::assertStringContainsString('7.00', implode(' ', $this->handled()));

        $this->sandbox()->reset();
        self::assertSame([], $payvost->webhooks->list()->data);
        self::assertSame(0, $this->sandbox()->totals()['accepted']);
    }

    public function testGuideToManagementRuns(): void
    {
        preg_match('~^```php\n(<\?php.*?)^```$~ms', (string) file_get_contents(__DIR__ . '/../../docs/guides/php/manage.md'), $program);
        mkdir("{$this->folder}/vendor");
        $library = var_export(realpath(__DIR__ . '/../library/autoload.php'), true);
        file_put_contents("{$this->folder}/vendor/autoload.php", "<?php require {$library};");
        file_put_contents("{$this->folder}/webhooks.php", $program[1]);
        $variables = ["PAYVOST_API_KEY={$this->sandbox()->apiKey}", "PAYVOST_BASE_URL={$this->sandbox()->baseUrl}"];
        [$code, $output] = Php::execute(['env', ...$variables, ...Php::commandWithClients(["{$this->folder}/webhooks.php"])]);

        self::assertSame(0, $code, $output);
        self::assertMatchesRegularExpression('~^created webhook_\w+ with a secret of \d+ bytes$~m', $output);
        self::assertStringContainsString('https://yourapp.com/webhooks/payvost: payment.*, transfer.*, user.kyc_verified', $output);
    }

    public function testScenarioSendsDuplicates(): void
    {
        $sandbox = $this->sandbox('--scenario', 'duplicates-apart');
        $this->receiver();
        $sandbox->publish('payment.succeeded', ['amount' => '1.00'], 'evt_1');

        self::assertSame('duplicate', $sandbox->stop()['extras'][0]['kind']);
        self::assertSame(['evt_1 1.00', 'evt_1 1.00'], $this->handled(), 'a receiver without a store');
    }

    public function testMissingCommandIsExplained(): void
    {
        [$path, $binary] = [getenv('PATH'), getenv('PAYVOST_WEBHOOKS_BIN')];
        try {
            putenv('PAYVOST_WEBHOOKS_BIN=/nowhere/payvost-webhooks');
            self::assertStringContainsString('names /nowhere/payvost-webhooks, which is not a program', self::refusal());
            putenv('PAYVOST_WEBHOOKS_BIN');
            putenv('PATH=/nowhere');
            self::assertSame(
                'payvost-webhooks was not found: put the command on the PATH, or set PAYVOST_WEBHOOKS_BIN to its path',
                self::refusal()
            );
            putenv('PATH=' . dirname($binary));
            self::assertStringContainsString('could not be started', self::refusal('--scenario', 'nonsense'));
        } finally {
            putenv("PATH={$path}");
            putenv("PAYVOST_WEBHOOKS_BIN={$binary}");
        }
    }

    /** @return array<string, array{string}> */
    public function ends(): array
    {
        return [
            'a fatal error' => ['missing_function();'],
            'exit' => ['exit;'],
            'SIGKILL' => ['posix_kill(getmypid(), SIGKILL);'],
        ];
    }

    /** @dataProvider ends */
    public function testNothingOutlivesTheTestRun(string $end): void
    {
        $library = var_export(realpath(__DIR__ . '/../library/autoload.php'), true);
        $options = var_export(array_slice(Php::command([]), 1), true);
        file_put_contents("{$this->folder}/run.php", <<<PHP
            <?php
            require {$library};
            \$sandbox = Payvost\Webhooks\Testing\Sandbox::start();
            \$receiver = \$sandbox->startReceiver(__DIR__ . '/index.php', options: {$options});
            echo parse_url(\$sandbox->baseUrl, PHP_URL_PORT), ' ', parse_url(\$receiver->url, PHP_URL_PORT), "\\n";
            if (pcntl_fork() === 0) {
                exit; // The child ends nothing of its parent's.
            }
            pcntl_wait(\$status);
            \$sandbox->totals();
            {$end}
            PHP);
        $command = [...Php::commandWithClients([]), '-d', 'display_errors=0', '-d', 'log_errors=0', "{$this->folder}/run.php"];
        [, $output] = Php::execute($command);
        self::assertSame(1, preg_match('~^(\d+) (\d+)$~m', $output, $ports), $output);
        foreach ([$ports[1], $ports[2]] as $port) {
            for ($try = 0; $try < 2000 && ($open = @stream_socket_client("tcp://127.0.0.1:{$port}")) !== false; ++$try) {
                fclose($open);
                usleep(5_000);
            }
            self::assertFalse($open, 'the process still listens');
        }
    }

    public function testGuidesTestsRun(): void
    {
        $docs = __DIR__ . '/../../docs/guides/php';
        preg_match_all('~^```php\n(<\?php.*?)^```$~ms', (string) file_get_contents("{$docs}/testing.md"), $tests);
        preg_match('~^```php\n(<\?php.*?)^```$~ms', (string) file_get_contents("{$docs}/get-started.md"), $receiver);
        foreach (['public', 'tests', 'vendor', 'ini'] as $name) {
            mkdir("{$this->folder}/{$name}");
        }
        $library = var_export(realpath(__DIR__ . '/../library/autoload.php'), true);
        file_put_contents("{$this->folder}/vendor/autoload.php", "<?php require {$library};");
        file_put_contents("{$this->folder}/public/index.php", $receiver[1]);
        file_put_contents("{$this->folder}/tests/WebhooksTest.php", $tests[1][0]);
        file_put_contents("{$this->folder}/tests/RetriesTest.php", $tests[1][1]);
        file_put_contents("{$this->folder}/ini/payvost.ini", 'extension=' . Php::library());
        $phpunit = trim((string) shell_exec('command -v phpunit'));
        $run = [PHP_BINARY, $phpunit, '--bootstrap', "{$this->folder}/vendor/autoload.php", "{$this->folder}/tests"];
        // The empty entry stands for the usual folder.
        [$code, $output] = Php::execute(['env', "PHP_INI_SCAN_DIR=:{$this->folder}/ini", ...$run]);
        self::assertSame(0, $code, $output);
        self::assertStringContainsString('OK (3 tests', $output);
    }

    private function receiver(): Receiver
    {
        $environment = [
            'LIBRARY' => dirname(__DIR__) . '/library/autoload.php',
            'HANDLED' => "{$this->folder}/handled",
        ];

        return $this->sandbox()->startReceiver("{$this->folder}/index.php", $environment, options: array_slice(Php::command([]), 1));
    }

    /** @return list<string> */
    private function handled(): array
    {
        return file("{$this->folder}/handled", FILE_IGNORE_NEW_LINES);
    }

    private static function refusal(string ...$options): string
    {
        try {
            Sandbox::start(...$options);
        } catch (RuntimeException $error) {
            return $error->getMessage();
        }
        self::fail('the sandbox was started');
    }

    /**
     * @param list<array<string, mixed>> $attempts
     *
     * @return list<int> the seconds since the first one
     */
    private static function seconds(array $attempts): array
    {
        $times = array_map(static fn (array $attempt): float => (float) (new DateTimeImmutable($attempt['attemptedAt']))->format('U.v'), $attempts);

        return array_map(static fn (float $time): int => (int) round($time - $times[0]), $times);
    }
}
