<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use Payvost\Webhooks\Tests\Support\Deliveries;
use Payvost\Webhooks\Tests\Support\Fpm;
use Payvost\Webhooks\Tests\Support\Sample;
use PHPUnit\Framework\TestCase;

/** Plain PHP under php-fpm behind Apache with mod_proxy_fcgi, over HTTP/1.1 and HTTP/2. */
final class ApacheTest extends TestCase
{
    private static Fpm $fpm;

    public static function setUpBeforeClass(): void
    {
        self::$fpm = new Fpm(__DIR__ . '/receivers/output.php', [], [], 'apache');
    }

    public function testDeliveriesAreReceived(): void
    {
        $headers = ['Payvost-Signature: ' . Sample::sign(Sample::EVENT)];
        self::assertSame([200, '{"received":true}'], self::$fpm->post(Sample::EVENT, $headers));
        self::assertSame('application/json', self::$fpm->header('Content-Type'));
        foreach (Deliveries::refused() as $name => [$body, $signature, $status, $code]) {
            [$answered, $answer] = self::$fpm->post($body, $signature === null ? [] : ["Payvost-Signature: {$signature}"]);
            self::assertSame([$status, $code], [$answered, json_decode($answer, true)['error']['code'] ?? null], $name);
        }
    }

    public function testDeliveryOverHttp2IsReceived(): void
    {
        [$code, $answer] = $this->curl(Sample::EVENT, ['--http2-prior-knowledge', '--write-out', ' %{http_version} %{http_code}']);

        self::assertSame([0, '{"received":true} 2 200'], [$code, $answer]);
    }

    /**
     * php-fpm reads only as many bytes as Content-Length says. Apache knows the length of a chunked body only if it arrives all at
     * once. Otherwise the receiver gets an empty body.
     */
    public function testChunkedBodyThatPhpFpmDropsIsNotAWrongSignature(): void
    {
        $long = Sample::with('"' . str_repeat('a', 40_000) . '"');
        $chunked = ['HTTP/1.1' => ['--http1.1', '-H', 'Transfer-Encoding: chunked']];
        $chunked['HTTP/2'] = ['--http2-prior-knowledge', '-H', 'Content-Length:'];
        foreach ($chunked as $protocol => $options) {
            [, $answer] = $this->curl(Sample::EVENT, [...$options, '--write-out', ' %{http_code}']);
            self::assertMatchesRegularExpression('~^{"received":true} 200|"payload_not_raw",.* 500$~', $answer, $protocol);
            [, $answer] = $this->curl($long, [...$options, '--write-out', ' %{http_code}']);
            self::assertMatchesRegularExpression('~"payload_not_raw",.* 500$~', $answer, $protocol);
        }
    }

    public function testSenderThatBreaksOffIsNotAWrongSignature(): void
    {
        $long = Sample::with('"' . str_repeat('a', 500_000) . '"');
        foreach (['--http1.1', '--http2-prior-knowledge'] as $protocol) {
            $before = implode("\n", self::$fpm->log());
            self::assertSame(28, $this->curl($long, [$protocol, '--limit-rate', '100k', '--max-time', '0.5'])[0]);
            for ($attempt = 0; $attempt < 500 && ($log = implode("\n", self::$fpm->log())) === $before; ++$attempt) {
                usleep(10_000);
            }
            self::assertStringContainsString('webhook body incomplete', substr($log, strlen($before)), $protocol);
        }
    }

    /**
     * @param list<string> $options
     *
     * @return array{int, string} the exit code and the output
     */
    private function curl(string $body, array $options): array
    {
        $command = ['curl', '--silent', '--show-error', '--max-time', '60', '--data-binary', '@-', '-H', 'Content-Type: application/json',
            '-H', 'Payvost-Signature: ' . Sample::sign($body), ...$options, 'http://' . self::$fpm->address() . '/webhooks/payvost'];
        $process = proc_open($command, [['pipe', 'r'], ['pipe', 'w'], ['redirect', 1]], $pipes);
        fwrite($pipes[0], $body);
        fclose($pipes[0]);
        $answer = stream_get_contents($pipes[1]);

        return [proc_close($process), $answer];
    }
}
