<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use Payvost\Webhooks\Tests\Support\Fpm;
use Payvost\Webhooks\Tests\Support\Sample;
use Payvost\Webhooks\Tests\Support\Server;
use PHPUnit\Framework\TestCase;

/** Output of scripts and handlers besides the response, without PHP's own buffers (`output_buffering` is 0). */
final class SapiTest extends TestCase
{
    private const SCRIPT = __DIR__ . '/receivers/output.php';
    private const RECEIVED = [200, '{"received":true}'];

    private static Fpm $fpm;

    private static Server $server;

    public static function setUpBeforeClass(): void
    {
        self::$fpm = new Fpm(self::SCRIPT);
        self::$server = new Server(self::SCRIPT);
    }

    /** @return array<string, array{string}> */
    public function handlersThatPrint(): array
    {
        $ways = ['print', 'flush', 'print, flush', 'print, ob_flush, flush', 'buffer, print', 'end all buffers', 'finish',
            'print, finish'];

        return array_combine($ways, array_map(static fn (string $way): array => [$way], $ways));
    }

    /** @dataProvider handlersThatPrint */
    public function testOutputOfAHandlerIsNotInTheResponse(string $how): void
    {
        self::assertSame(self::RECEIVED, $this->post(self::$fpm, $how));
        self::assertSame('application/json', self::$fpm->header('Content-Type'));
        self::assertSame(self::RECEIVED, $this->post(self::$server, $how));
    }

    /** @return array<string, array{string}> */
    public function handlersThatFail(): array
    {
        $ways = ['throw', 'exit', 'fatal error', 'print, throw', 'print, exit', 'print, fatal error', 'buffer, print, exit'];

        return array_combine($ways, array_map(static fn (string $way): array => [$way], $ways));
    }

    /** @dataProvider handlersThatFail */
    public function testHandlerThatPrintsAndFailsGets500(string $how): void
    {
        self::assertSame(500, $this->post(self::$fpm, $how)[0]);
        self::assertSame(500, $this->post(self::$server, $how)[0]);
    }

    public function testFailureAfterAnEarlyResponseIsLogged(): void
    {
        self::assertSame(self::RECEIVED, $this->post(self::$fpm, 'finish, throw'));
        $expected = 'the status 500 could not be sent, because the response had begun with the status 200';
        for ($attempt = 0; $attempt < 500; ++$attempt) {
            // The response is sent before the handler ends.
            if (str_contains($log = implode("\n", self::$fpm->log()), $expected)) {
                break;
            }
            usleep(10_000);
        }
        self::assertStringContainsString($expected, $log);
    }

    public function testOutputBeforeTheReceiverIsLogged(): void
    {
        $this->post(self::$fpm, 'blank line, throw');
        $this->post(self::$fpm, 'blank line', 'whsec_wrong');
        $log = implode("\n", self::$fpm->log());
        self::assertStringContainsString('the response began at ' . realpath(self::SCRIPT) . ':16, before Sapi::handle()', $log);
        self::assertStringContainsString('the status 500 could not be sent', $log);
        self::assertStringContainsString('the status 400 could not be sent', $log);

        $buffered = new Server(self::SCRIPT, [], ['-d', 'output_buffering=4096']);
        self::assertSame(500, $this->post($buffered, 'blank line, throw')[0]);
        self::assertSame(400, $this->post($buffered, 'blank line', 'whsec_wrong')[0]);
    }

    /** @return array{int, string} */
    private function post(Fpm|Server $server, string $how, string $secret = Sample::SECRET): array
    {
        return $server->post(Sample::EVENT, ['Payvost-Signature: ' . Sample::sign(Sample::EVENT, $secret), "X-How: {$how}"]);
    }
}
