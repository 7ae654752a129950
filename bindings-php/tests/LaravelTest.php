<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use Payvost\Webhooks\Tests\Support\FrameworkTestCase;
use Payvost\Webhooks\Tests\Support\Php;
use Payvost\Webhooks\Tests\Support\Sample;

/** The application of the guide to Laravel. */
final class LaravelTest extends FrameworkTestCase
{
    /** @dataProvider servers */
    public function testApplicationOfTheGuide(string $server): void
    {
        $this->install($server);
        if ($server === 'postgres') {
            $this->receivesWebhooks();
            self::assertSame([0, 'receipt for pay_abc123'], $this->work(), 'the job was in the transaction of the claim');
        } else {
            $this->handlesDuplicatesOnce(16);
        }
        $this->survivesFailures();
        self::assertSame([0, "Every event is handled.\n"], $this->command('artisan', 'payvost:failed'));
    }

    public function testDeadLettersAreListedRetriedAndDiscarded(): void
    {
        $this->install('postgres');
        touch("{$this->folder}/throw");
        foreach (['evt_1', 'evt_2'] as $id) {
            self::assertSame(500, $this->send(self::event('payment.succeeded', $id))[0]);
        }
        [$code, $json] = $this->command('artisan', 'payvost:failed', '--json');
        self::assertSame(0, $code, $json);
        self::assertSame(
            [['webhook:evt_1', 'failed', 'RuntimeException'], ['webhook:evt_2', 'failed', 'RuntimeException']],
            array_map(static fn (array $letter): array => [$letter['key'], $letter['reason'], $letter['error']], json_decode($json, true))
        );
        self::assertStringContainsString('| webhook:evt_1 | payment.succeeded | failed ', $this->command('artisan', 'payvost:failed')[1]);
        self::assertSame([1, "webhook:evt_1 500\n"], $this->command('artisan', 'payvost:retry', 'webhook:evt_1'));
        unlink("{$this->folder}/throw");
        self::assertSame([0, "webhook:evt_2 is discarded\n"], $this->command('artisan', 'payvost:discard', 'webhook:evt_2'));
        self::assertSame([0, "webhook:evt_1 200\n"], $this->command('artisan', 'payvost:retry', 'all'));
        self::assertSame([1, "webhook:evt_1 is not kept\n"], $this->command('artisan', 'payvost:retry', 'webhook:evt_1'));
        self::assertSame(1, $this->payments());
        self::assertSame([0, "0 rows deleted.\n"], $this->command('artisan', 'payvost:prune'));
        self::assertSame([0, "The table exists.\n"], $this->command('artisan', 'payvost:table'));
    }

    public function testLeaseIsHandedOverToTheJob(): void
    {
        $this->install('postgres', "'store' => 'database',");
        $refund = self::event('payment.refunded', 'evt_1');
        self::assertSame([200, ''], $this->send($refund));
        self::assertSame([409, 'in_progress'], $this->send($refund), 'the queue has it');
        self::assertSame([0, 'receipt for pay_abc123'], $this->work());
        self::assertSame([200, ''], $this->send($refund));
        self::assertSame([0, ''], $this->work());
    }

    public function testSecretsOfTenants(): void
    {
        $provider = '<?php namespace App\Providers; use Illuminate\Http\Request; use Payvost\Webhooks\Laravel\Webhooks;'
            . 'final class AppServiceProvider extends \Illuminate\Support\ServiceProvider { public function boot(): void {'
            . 'Webhooks::secretUsing(fn (?Request $request) => "whsec_of_{$request?->query->get(\'tenant\')}"); } }';
        $this->install('sqlite', '', $provider);
        $body = self::event('payment.succeeded', 'evt_1');
        $statuses = [];
        foreach (['a', 'b'] as $tenant) {
            $request = "POST /api/webhooks/payvost?tenant={$tenant} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                . 'Content-Length: ' . strlen($body) . "\r\nPayvost-Signature: " . Sample::sign($body, 'whsec_of_b') . "\r\n\r\n{$body}";
            $statuses[] = substr($this->fpm()->send($request), 9, 3);
        }
        self::assertSame(['400', '200'], $statuses);
        self::assertSame(1, $this->payments());
    }

    public function testNothingIsReceivedWithoutASecret(): void
    {
        $this->install('sqlite', "'live_mode' => true,");
        $this->environment['WEBHOOK_SECRET'] = '';
        self::assertSame([500, 'invalid_secret'], $this->send(self::event('payment.succeeded', 'evt_1')));
    }

    public function testTestsOfTheGuideRun(): void
    {
        $this->install('sqlite');
        file_put_contents("{$this->folder}/tests/TestCase.php", <<<'PHP'
            <?php

            namespace Tests;

            abstract class TestCase extends \Illuminate\Foundation\Testing\TestCase
            {
                public $mockConsoleOutput = false;

                public function createApplication()
                {
                    $app = require __DIR__ . '/../bootstrap/app.php';
                    $app->make(\Illuminate\Contracts\Console\Kernel::class)->bootstrap();

                    return $app;
                }
            }
            PHP);
        unlink("{$this->folder}/claims.sqlite");
        touch("{$this->folder}/claims.sqlite");
        $phpunit = trim((string) shell_exec('command -v phpunit'));
        [$code, $output] = $this->command($phpunit, '--bootstrap', 'bootstrap/app.php', 'tests');
        self::assertSame(0, $code, $output);
        self::assertStringContainsString('OK (2 tests', $output);
    }

    private function install(string $server, string $options = '', string $provider = ''): void
    {
        $this->layOut('laravel', 'laravel.md', $server);
        $this->path = '/api/webhooks/payvost';
        foreach (['storage/logs', 'storage/framework/cache', 'storage/framework/views', 'bootstrap/cache', 'resources/views'] as $folder) {
            mkdir("{$this->folder}/{$folder}", 0777, true);
        }
        $this->edit('config/payvost.php', "return [\n", "return [\n{$options}\n");
        $this->edit('app/Webhooks/BookPayment.php', "amount']]);", "amount']]);" . self::failures());
        if ($provider !== '') {
            file_put_contents("{$this->folder}/app/Providers/AppServiceProvider.php", $provider);
        }
        [$code, $output] = $this->command('artisan', 'migrate', '--force');
        self::assertSame(0, $code, $output);
    }

    /**
     * Runs the jobs on the queue.
     *
     * @return array{int, string} the exit code, and what the handlers have logged
     */
    private function work(): array
    {
        $log = "{$this->folder}/storage/logs/laravel.log";
        file_put_contents($log, '');
        [$code, $output] = $this->command('artisan', 'queue:work', '--stop-when-empty', '--tries=1');
        preg_match_all('~receipt for \w+~', (string) file_get_contents($log), $lines);

        return [$code, $code === 0 ? implode(' ', $lines[0]) : $output];
    }

    private function edit(string $file, string $old, string $new): void
    {
        $text = (string) file_get_contents("{$this->folder}/{$file}");
        self::assertStringContainsString($old, $text);
        file_put_contents("{$this->folder}/{$file}", str_replace($old, $new, $text));
    }
}
