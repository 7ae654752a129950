<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use Payvost\Webhooks\Tests\Support\Deliveries;
use Payvost\Webhooks\Tests\Support\FrameworkTestCase;
use Payvost\Webhooks\Tests\Support\Sample;

/** The application of the guide to Symfony. */
final class SymfonyTest extends FrameworkTestCase
{
    /** @dataProvider servers */
    public function testApplicationOfTheGuide(string $server): void
    {
        $this->install($server);
        if ($server === 'postgres') {
            $this->receivesWebhooks();
            self::assertSame('receipt for pay_abc123', $this->work(), 'the message was in the transaction of the claim');
        } else {
            $this->handlesDuplicatesOnce(16);
        }
        $this->survivesFailures();
        self::assertSame([0, ''], $this->command('bin/console', 'payvost:webhooks'));
    }

    public function testDeadLettersAreListedRetriedAndDiscarded(): void
    {
        $this->install('postgres');
        touch("{$this->folder}/throw");
        foreach (['evt_1', 'evt_2'] as $id) {
            self::assertSame(500, $this->send(self::event('payment.succeeded', $id))[0]);
        }
        $letters = "webhook:evt_1 payment.succeeded failed 1 RuntimeException\nwebhook:evt_2 payment.succeeded failed 1 RuntimeException\n";
        self::assertSame([0, $letters], $this->command('bin/console', 'payvost:webhooks'));
        [$code, $output] = $this->command('bin/console', 'payvost:webhooks', 'retry', 'webhook:evt_1');
        self::assertSame(1, $code);
        self::assertStringEndsWith("webhook:evt_1 500\n", $output);
        unlink("{$this->folder}/throw");
        self::assertSame([0, "webhook:evt_2 is discarded\n"], $this->command('bin/console', 'payvost:webhooks', 'discard', 'webhook:evt_2'));
        self::assertSame([0, "webhook:evt_1 200\n"], $this->command('bin/console', 'payvost:webhooks', 'retry', 'webhook:evt_1'));
        self::assertSame(1, $this->payments());
        self::assertSame([0, "0 rows deleted\n"], $this->command('bin/console', 'payvost:webhooks', 'prune'));
    }

    public function testLeaseIsHandedOverToTheMessage(): void
    {
        $this->install('postgres');
        $parts = parse_url($this->environment['DATABASE']);
        $dsn = "pgsql:host={$parts['host']};port={$parts['port']};dbname=" . ltrim($parts['path'], '/');
        file_put_contents("{$this->folder}/src/Leases.php", <<<PHP
            <?php

            namespace App;

            final class Leases
            {
                public static function store(): \\Payvost\\Webhooks\\Stores\\Store
                {
                    return new \\Payvost\\Webhooks\\Stores\\PdoStore(fn () => new \\PDO('{$dsn}', '{$parts['user']}'));
                }
            }
            PHP);
        file_put_contents("{$this->folder}/config/packages/payvost_webhooks.yaml", "payvost_webhooks:\n"
            . "    secret: '%env(WEBHOOK_SECRET)%'\n    store: leases\nservices:\n    leases:\n"
            . "        class: Payvost\\Webhooks\\Stores\\Store\n        factory: ['App\\Leases', 'store']\n");
        exec('rm -rf ' . escapeshellarg("{$this->folder}/var"));
        $refund = self::event('payment.refunded', 'evt_1');
        self::assertSame([200, ''], $this->send($refund));
        self::assertSame([409, 'in_progress'], $this->send($refund), 'the queue has it');
        self::assertSame('receipt for pay_abc123', $this->work());
        self::assertSame([200, ''], $this->send($refund));
    }

    public function testSecretsOfTenantsAndOfNobody(): void
    {
        $this->install('sqlite');
        file_put_contents("{$this->folder}/src/Tenants.php", <<<'PHP'
            <?php

            namespace App;

            final class Tenants implements \Payvost\Webhooks\Symfony\SecretProvider
            {
                public function secret(?\Symfony\Component\HttpFoundation\Request $request): string
                {
                    return $request?->query->get('tenant') === null ? '' : "whsec_of_{$request->query->get('tenant')}";
                }
            }
            PHP);
        file_put_contents("{$this->folder}/config/packages/payvost_webhooks.yaml", "payvost_webhooks:\n"
            . "    secrets: App\\Tenants\n    live_mode: true\n    inbox: doctrine.orm.entity_manager\n"
            . "    options: { prefix: shop }\nservices:\n    App\\Tenants: ~\n");
        exec('rm -rf ' . escapeshellarg("{$this->folder}/var"));
        $body = self::event('payment.succeeded', 'evt_1');
        $results = [];
        foreach (['/webhooks/payvost?tenant=a', '/webhooks/payvost?tenant=b', '/webhooks/payvost'] as $this->path) {
            $results[] = $this->send($body, Sample::sign($body, 'whsec_of_b'));
        }
        self::assertSame([[400, 'signature_mismatch'], [200, ''], [500, 'invalid_secret']], $results);
        self::assertSame(['shop:evt_1'], $this->database->query('SELECT claim_key FROM payvost_webhook_claims')->fetchAll(\PDO::FETCH_COLUMN));
    }

    public function testPatternThatIsRegisteredTwiceFailsWhenTheContainerIsBuilt(): void
    {
        $this->install('sqlite');
        $again = str_replace('class BookPayment', 'class Again', (string) file_get_contents("{$this->folder}/src/Webhooks/BookPayment.php"));
        file_put_contents("{$this->folder}/src/Webhooks/Again.php", $again);
        exec('rm -rf ' . escapeshellarg("{$this->folder}/var"));
        [$code, $output] = $this->command('bin/console', 'payvost:webhooks');
        self::assertNotSame(0, $code);
        self::assertStringContainsString('the pattern already has a handler', $output);
    }

    public function testTestOfTheGuideRuns(): void
    {
        $this->install('sqlite');
        $phpunit = trim((string) shell_exec('command -v phpunit'));
        $this->environment['KERNEL_CLASS'] = 'App\Kernel';
        [$code, $output] = $this->command($phpunit, '--bootstrap', 'bootstrap.php', 'tests');
        self::assertSame(0, $code, $output);
        self::assertStringContainsString('OK (1 test,', $output);
    }

    /** With symfony/webhook: the parser and the consumer, in a script of the application. */
    public function testRequestParserAndConsumer(): void
    {
        $this->install('postgres');
        file_put_contents("{$this->folder}/parse.php", <<<'PHP'
            <?php

            use Payvost\Webhooks\Symfony\{Receivers, RequestParser, WebhookConsumer};
            use Symfony\Component\HttpFoundation\Request;
            use Symfony\Component\Webhook\Exception\RejectWebhookException;

            require __DIR__ . '/bootstrap.php';

            $kernel = new App\Kernel('test', false);
            $kernel->boot();
            $consumer = new WebhookConsumer($kernel->getContainer()->get('test.service_container')->get(Receivers::class));
            $parser = new RequestParser();
            foreach (unserialize(file_get_contents(__DIR__ . '/deliveries')) as [$method, $body, $signature]) {
                $headers = $signature === null ? [] : ['HTTP_PAYVOST_SIGNATURE' => $signature];
                try {
                    $event = $parser->parse(Request::create('/', $method, server: $headers, content: $body), getenv('WEBHOOK_SECRET'));
                    $result = "{$event->getName()} {$event->getId()} {$event->getPayload()['id']}";
                    $consumer->consume(unserialize(serialize($event)));
                } catch (RejectWebhookException $error) {
                    $result = "{$error->getStatusCode()} " . ($error->getPrevious()?->getErrorCode() ?? $error->getMessage());
                } catch (RuntimeException $error) {
                    $result .= " {$error->getMessage()}";
                }
                echo $result, "\n";
            }
            PHP);
        $event = self::event('payment.succeeded', 'evt_1');
        $failing = self::event('payment.succeeded', 'evt_failing');
        $deliveries = [
            ['GET', '', null, '406 Request does not match.'],
            ['POST', $event, Sample::sign($event), 'payment.succeeded evt_1 evt_1'],
            ['POST', $event, Sample::sign($event), 'payment.succeeded evt_1 evt_1'],
        ];
        foreach (Deliveries::refused() as [$body, $signature, $status, $code]) {
            $deliveries[] = ['POST', $body, $signature, "{$status} {$code}"];
        }
        self::assertSame(array_column($deliveries, 3), $this->parse($deliveries));
        self::assertSame(1, $this->payments());
        touch("{$this->folder}/throw");
        $failed = 'payment.succeeded evt_failing evt_failing handler_failed: evt_failing is not handled';
        self::assertSame([$failed], $this->parse([['POST', $failing, Sample::sign($failing)]]));
        self::assertSame(1, $this->payments());
    }

    /**
     * @param list<array<mixed>> $deliveries
     *
     * @return list<string>
     */
    private function parse(array $deliveries): array
    {
        file_put_contents("{$this->folder}/deliveries", serialize($deliveries));
        [$code, $output] = $this->command('parse.php');
        self::assertSame(0, $code, $output);

        // Without the application's log.
        return array_values(preg_grep('~^\[~', explode("\n", trim($output)), PREG_GREP_INVERT));
    }

    private function install(string $server): void
    {
        $this->layOut('symfony', 'symfony.md', $server);
        // The classes of the components, if they are there: a folder with a clone of each.
        $this->environment['SYMFONY_WEBHOOK'] = getenv('SYMFONY_WEBHOOK') ?: __DIR__ . '/Support/symfony-webhook.php';
        $handler = "{$this->folder}/src/Webhooks/BookPayment.php";
        $flushed = "\$event['data']['amount']));";
        $code = str_replace($flushed, "{$flushed}\n        \$this->entities->flush();" . self::failures(), (string) file_get_contents($handler));
        self::assertStringContainsString('after it wrote', $code);
        file_put_contents($handler, $code);
        foreach ([['payvost:webhooks', 'create-table'], ['messenger:setup-transports']] as $command) {
            [$exit, $output] = $this->command('bin/console', ...$command);
            self::assertSame(0, $exit, $output);
        }
        $id = ['postgres' => 'serial', 'mariadb' => 'integer AUTO_INCREMENT', 'sqlite' => 'integer'][$server];
        $this->database->exec("CREATE TABLE payments (id {$id} PRIMARY KEY, paymentId varchar(255), amount decimal(20, 2))");
    }

    /** Runs the messages in the queue, and returns what the handlers have logged. */
    private function work(): string
    {
        [$code, $output] = $this->command('bin/console', 'messenger:consume', 'async', '--limit=1', '--time-limit=5', '-vv');
        self::assertSame(0, $code, $output);
        preg_match_all('~receipt for \w+~', $output, $lines);

        return implode(' ', array_unique($lines[0]));
    }
}
