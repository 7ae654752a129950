<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use Payvost\Webhooks\Testing;
use Payvost\Webhooks\Tests\Support\Deliveries;
use Payvost\Webhooks\Tests\Support\Files;
use Payvost\Webhooks\Tests\Support\Fpm;
use Payvost\Webhooks\Tests\Support\Sample;
use PHPUnit\Framework\TestCase;

/** The code of the pages in docs/ works under php-fpm behind nginx. */
final class DocsTest extends TestCase
{
    private const DOCS = __DIR__ . '/../../docs/guides/php';

    private string $folder;

    protected function setUp(): void
    {
        $this->folder = Files::temporaryFolder();
    }

    protected function tearDown(): void
    {
        Files::remove($this->folder);
    }

    /** @return array<string, array{string}> */
    public function pages(): array
    {
        return ['plain PHP' => ['get-started.md'], 'PSR-15' => ['psr-15.md'], 'Slim' => ['slim.md']];
    }

    /** @dataProvider pages */
    public function testDocumentedEventsGoToTheirHandlers(string $page): void
    {
        $server = $this->server($page, ['WEBHOOK_SECRET' => Sample::SECRET]);
        $expected = [];
        foreach (Deliveries::TYPES as $index => $type) {
            $event = Testing::sampleEvent($type);
            $request = Testing::signedRequest($event, Sample::SECRET);
            $name = ['Payvost-Signature', 'payvost-signature', 'PAYVOST-SIGNATURE'][$index % 3];
            $answer = $server->post($request->body, ["{$name}: {$request->signature}"]);
            self::assertSame([200, '{"received":true}'], $answer, $type);
            $expected[] = Deliveries::logged($type, $event['id']);
        }
        $unknown = Testing::signedRequest(
            Testing::sampleEvent('payment.created', ['id' => 'evt_new', 'type' => 'rate.changed']),
            Sample::SECRET
        );
        self::assertSame(200, $server->post($unknown->body, ["Payvost-Signature: {$unknown->signature}"])[0]);
        $expected[] = 'unhandled: rate.changed evt_new';

        self::assertSame($expected, $server->log());
    }

    /** @dataProvider pages */
    public function testRefusalsCallNoHandler(string $page): void
    {
        $server = $this->server($page, ['WEBHOOK_SECRET' => Sample::SECRET]);
        $codes = [];
        foreach (Deliveries::refused() as $name => [$body, $signature, $status, $code]) {
            $answer = $server->post($body, $signature === null ? [] : ["Payvost-Signature: {$signature}"]);
            self::assertSame($status, $answer[0], $name);
            self::assertSame($code, json_decode($answer[1], true)['error']['code'], $name);
            $codes[] = $code;
        }
        $logged = $server->log();
        self::assertCount(count($codes), $logged);
        foreach ($logged as $index => $line) {
            self::assertStringStartsWith("webhook refused: {$codes[$index]}: ", $line);
        }
    }

    /** @dataProvider pages */
    public function testOtherMethodsAreNotAllowed(string $page): void
    {
        $server = $this->server($page, ['WEBHOOK_SECRET' => Sample::SECRET]);
        $response = (string) stream_get_contents($server->begin('', [], 'GET'));
        self::assertStringStartsWith('HTTP/1.1 405 ', $response);
        self::assertStringContainsString("\r\nAllow: POST\r\n", $response);
    }

    /** @dataProvider pages */
    public function testConsumedBodyIsReported(string $page): void
    {
        $server = $this->server($page, ['WEBHOOK_SECRET' => Sample::SECRET]);
        $body = "--x\r\nContent-Disposition: form-data; name=\"event\"\r\n\r\n" . Sample::EVENT . "\r\n--x--\r\n";
        $headers = ['Content-Type: multipart/form-data; boundary=x', 'Payvost-Signature: ' . Sample::sign($body)];

        [$status, $answer] = $server->post($body, $headers);
        self::assertSame([500, 'payload_not_raw'], [$status, json_decode($answer, true)['error']['code']]);
        self::assertStringStartsWith('webhook refused: payload_not_raw: ', $server->log()[0]);
    }

    /** @dataProvider pages */
    public function testNothingIsReceivedWithoutASecret(string $page): void
    {
        $server = $this->server($page, []);
        foreach (['', Sample::SECRET] as $secret) {
            [$status, $answer] = $server->post(
                Sample::EVENT,
                ['Payvost-Signature: ' . Sample::sign(Sample::EVENT, $secret)]
            );
            self::assertSame([500, 'invalid_secret'], [$status, json_decode($answer, true)['error']['code']]);
        }
        self::assertStringStartsWith('webhook refused: invalid_secret: ', $server->log()[0]);
    }

    /** @dataProvider pages */
    public function testHandlerThatThrowsGets500(string $page): void
    {
        $throwing = "    ->on('payment.failed', fn (array \$event) => throw new RuntimeException('out of order'))\n";
        $server = $this->server($page, ['WEBHOOK_SECRET' => Sample::SECRET], $throwing);
        $request = Testing::signedRequest(Testing::sampleEvent('payment.failed'), Sample::SECRET);

        [$status, $answer] = $server->post($request->body, ["Payvost-Signature: {$request->signature}"]);
        self::assertSame([500, 'handler_failed'], [$status, json_decode($answer, true)['error']['code']]);
        $log = implode("\n", $server->log());
        self::assertStringContainsString('webhook handler failed: payment.failed evt_', $log);
        self::assertStringContainsString('RuntimeException: out of order in ', $log);
        self::assertStringContainsString('WebhookReceiver->receiveFrom()', $log);
        foreach (['card_declined', 'whsec', $request->signature] as $private) {
            self::assertStringNotContainsString($private, $log);
        }
    }

    /** In PSR-15, the application sends the response. */
    public function testHandlerThatEndsTheScriptGets500InPlainPhp(): void
    {
        $ending = "    ->on('payment.failed', fn (array \$event) => exit('never mind'))\n"
            . "    ->on('payment.created', fn (array \$event) => require 'nothing')\n"
            . "    ->on('payment.refunded', function () { while (true) { \$all[] = str_repeat('x', 1 << 20); } })\n";
        $server = $this->server('get-started.md', ['WEBHOOK_SECRET' => Sample::SECRET], $ending);
        foreach (['payment.failed', 'payment.created', 'payment.refunded'] as $type) {
            $request = Testing::signedRequest(Testing::sampleEvent($type), Sample::SECRET);
            [$status] = $server->post($request->body, ["Payvost-Signature: {$request->signature}"]);
            self::assertSame(500, $status, $type);
        }
    }

    /**
     * @param array<string, string> $environment
     * @param string                $handlers    more of them
     */
    private function server(string $page, array $environment, string $handlers = ''): Fpm
    {
        $text = (string) file_get_contents(self::DOCS . "/{$page}");
        self::assertSame(1, preg_match('~^```php\n(<\?php\n.*?)^```$~ms', $text, $match));
        $start = "\$router = (new WebhookRouter())\n";
        self::assertStringContainsString($start, $match[1]);
        $library = dirname(__DIR__) . '/library/autoload.php';
        $psr15 = __DIR__ . '/Support/psr-15.php';
        mkdir("{$this->folder}/public");
        mkdir("{$this->folder}/vendor");
        file_put_contents("{$this->folder}/public/index.php", str_replace($start, $start . $handlers, $match[1]));
        $loaders = [$library, 'GuzzleHttp/Psr7/autoload.php', $psr15, ...($page === 'slim.md' ? ['Slim/autoload.php'] : [])];
        $requires = array_map(static fn (string $file): string => "require '{$file}';", $loaders);
        // Slim 3 uses features that PHP 8.1 deprecates, as its page says.
        $lines = ['<?php', 'error_reporting(E_ALL & ~E_DEPRECATED);', ...$requires];
        file_put_contents("{$this->folder}/vendor/autoload.php", implode("\n", $lines));

        return new Fpm("{$this->folder}/public/index.php", $environment);
    }
}
