<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use BadMethodCallException;
use Error;
use GuzzleHttp\Psr7\FnStream;
use GuzzleHttp\Psr7\HttpFactory;
use GuzzleHttp\Psr7\NoSeekStream;
use GuzzleHttp\Psr7\PumpStream;
use GuzzleHttp\Psr7\ServerRequest;
use GuzzleHttp\Psr7\Utils;
use Payvost\Webhooks\Psr15\WebhookHandler;
use Payvost\Webhooks\Psr15\WebhookMiddleware;
use Payvost\Webhooks\Testing;
use Payvost\Webhooks\Tests\Support\Deliveries;
use Payvost\Webhooks\Tests\Support\Logger;
use Payvost\Webhooks\Tests\Support\Sample;
use Payvost\Webhooks\WebhookReceiver;
use PHPUnit\Framework\TestCase;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\RequestHandlerInterface;
use RuntimeException;

/** The PSR-15 adapter, with PSR-7 messages as frameworks pass them. */
final class Psr15Test extends TestCase
{
    /** @var list<string> */
    private array $handled = [];

    private WebhookHandler $handler;

    protected function setUp(): void
    {
        $handle = function (array $event): void {
            $this->handled[] = $event['type'];
        };
        $receiver = new WebhookReceiver(Sample::SECRET, $handle, new Logger());
        $this->handler = new WebhookHandler($receiver, new HttpFactory());
    }

    public function testDocumentedEventsAreHandled(): void
    {
        foreach (Deliveries::TYPES as $type) {
            $request = Testing::signedRequest(Testing::sampleEvent($type), Sample::SECRET);
            $response = $this->handler->handle(new ServerRequest('POST', '/', $request->headers, $request->body));

            self::assertSame([200, '{"received":true}'], self::answer($response));
            self::assertSame(['application/json'], $response->getHeader('Content-Type'));
        }
        self::assertSame(Deliveries::TYPES, $this->handled);
    }

    public function testRefusals(): void
    {
        foreach (Deliveries::refused() as $name => [$body, $signature, $status, $code]) {
            $headers = $signature === null ? [] : ['payvost-SIGNATURE' => $signature];
            self::assertSame([$status, $code], $this->refused(new ServerRequest('POST', '/', $headers, $body)), $name);
        }
        self::assertSame([], $this->handled);
    }

    public function testHeaderThatWasSentTwiceIsRefused(): void
    {
        $signature = Sample::sign(Sample::EVENT);
        $request = self::request(Sample::EVENT)->withAddedHeader('PAYVOST-SIGNATURE', $signature);
        self::assertSame([$signature, $signature], $request->getHeader('Payvost-Signature'));
        self::assertSame([400, 'malformed_signature'], $this->refused($request));
    }

    public function testBodyThatWasReadBeforeIsReadAgain(): void
    {
        $request = self::request(Sample::EVENT)->withParsedBody(['id' => 'evt_1']);
        $request->getBody()->getContents();

        self::assertSame(200, $this->handler->handle($request)->getStatusCode());
    }

    public function testBodyThatCannotBeReadAgainIsReported(): void
    {
        $half = self::request(new NoSeekStream(Utils::streamFor(Sample::EVENT)));
        $half->getBody()->read(10);
        $empty = self::request('')->withHeader('Content-Length', '100');
        $parsed = self::request('')->withParsedBody(['id' => 'evt_1']);
        $detached = self::request(Sample::EVENT);
        $detached->getBody()->detach();
        foreach (compact('half', 'empty', 'parsed', 'detached') as $name => $request) {
            self::assertSame([500, 'payload_not_raw'], $this->refused($request), $name);
        }
    }

    public function testBodyThatCannotBeRewoundIsReadOnce(): void
    {
        $request = self::request(new NoSeekStream(Utils::streamFor(Sample::EVENT)));

        self::assertSame(200, $this->handler->handle($request)->getStatusCode());
    }

    public function testBodyThatCannotTellItsPositionIsRead(): void
    {
        $unknown = [
            'isSeekable' => static fn (): bool => false,
            'tell' => static fn (): int => throw new BadMethodCallException('cannot determine the position'),
        ];
        $stream = FnStream::decorate(Utils::streamFor(Sample::EVENT), $unknown);
        self::assertSame(200, $this->handler->handle(self::request($stream))->getStatusCode());
        // Content-Length shows that part of it was read before.
        $half = FnStream::decorate(Utils::streamFor(Sample::EVENT), $unknown);
        $half->read(10);
        $request = self::request($half)->withHeader('Content-Length', (string) strlen(Sample::EVENT));
        self::assertNotSame(200, $this->handler->handle($request)->getStatusCode());
    }

    public function testBodyThatPausesIsReadToItsEnd(): void
    {
        $reads = 0;
        $body = Utils::streamFor(Sample::EVENT);
        $pausing = FnStream::decorate($body, ['read' => static function (int $length) use (&$reads, $body): string {
            return $reads++ % 15 < 12 ? '' : $body->read(min(100, $length));
        }]);
        self::assertSame(200, $this->handler->handle(self::request($pausing))->getStatusCode());
        self::assertGreaterThan(12, $reads);

        $silent = FnStream::decorate(Utils::streamFor(Sample::EVENT), ['read' => static fn (): string => '']);
        self::assertSame([408, 'body_incomplete'], $this->refused(self::request($silent)));
    }

    public function testNoExceptionOfABodyEscapes(): void
    {
        foreach (['isSeekable', 'rewind', 'tell', 'isReadable', 'eof', 'read'] as $method) {
            foreach ([BadMethodCallException::class, RuntimeException::class, Error::class] as $class) {
                $throwing = [$method => static fn () => throw new $class('not implemented')];
                $throwing += $method === 'rewind' ? [] : ['isSeekable' => static fn (): bool => false];
                $stream = FnStream::decorate(Utils::streamFor(Sample::EVENT), $throwing);
                $expected = match ($method) {
                    'tell' => [200, ''],
                    'read' => [408, 'body_incomplete'],
                    default => [500, 'payload_not_raw'],
                };
                self::assertSame($expected, $this->refused(self::request($stream)), "{$method} {$class}");
            }
        }
    }

    public function testBodyIsReadNoFurtherThanTheLimit(): void
    {
        $bytes = 0;
        $endless = new PumpStream(static function (int $length) use (&$bytes): string {
            $bytes += $length;

            return str_repeat(' ', $length);
        });

        self::assertSame([413, 'payload_too_large'], $this->refused(self::request($endless)));
        self::assertGreaterThan(1024 * 1024, $bytes);
        self::assertLessThan(2 * 1024 * 1024, $bytes);
    }

    public function testIncompleteBodyIsNotAWrongSignature(): void
    {
        $length = (string) strlen(Sample::EVENT);
        $cut = self::request(substr(Sample::EVENT, 0, 20))->withHeader('Content-Length', $length);
        $chunks = [substr(Sample::EVENT, 0, 20)];
        $broken = self::request(new PumpStream(static function () use (&$chunks): string {
            return array_pop($chunks) ?? throw new RuntimeException('the sender broke off');
        }));
        foreach (compact('cut', 'broken') as $name => $request) {
            self::assertSame([408, 'body_incomplete'], $this->refused($request), $name);
        }
        $dropped = self::request('')->withHeader('Transfer-Encoding', 'chunked');
        self::assertSame([500, 'payload_not_raw'], $this->refused($dropped));
        foreach (['0x10', '-5', '1_000', ''] as $noLength) {
            $request = self::request(Sample::EVENT)->withHeader('Content-Length', $noLength);
            self::assertSame(200, $this->handler->handle($request)->getStatusCode(), $noLength);
        }
    }

    public function testOtherMethodsAreNotAllowedOnTheHandlersRoute(): void
    {
        $response = $this->handler->handle(self::request(Sample::EVENT)->withMethod('PUT'));
        self::assertSame([405, 'POST'], [$response->getStatusCode(), $response->getHeaderLine('Allow')]);
        self::assertSame([], $this->handled);
    }

    public function testBodyThatIsAnnouncedTooLargeIsNotRead(): void
    {
        $unread = new PumpStream(static fn () => self::fail('the body was read'));
        foreach (['1048577', '99999999999999999999'] as $length) {
            $request = self::request($unread)->withHeader('Content-Length', $length);
            self::assertSame([413, 'payload_too_large'], $this->refused($request));
        }
    }

    public function testMiddlewareHandlesOnlyItsPath(): void
    {
        $middleware = new WebhookMiddleware($this->handler, '/hooks');
        $next = new class implements RequestHandlerInterface {
            public function handle(ServerRequestInterface $request): ResponseInterface
            {
                return (new HttpFactory())->createResponse(404);
            }
        };
        $request = self::request(Sample::EVENT);
        $ours = $request->withUri(Utils::uriFor('https://example.com/hooks?x=1'));

        self::assertSame(200, $middleware->process($ours, $next)->getStatusCode());
        self::assertSame(404, $middleware->process($ours->withMethod('GET'), $next)->getStatusCode());
        self::assertSame(404, $middleware->process($request, $next)->getStatusCode());
        self::assertSame(['payment.succeeded'], $this->handled);
    }

    public function testFunctionMakesTheReceiverOfARequest(): void
    {
        $seen = [];
        $this->handler = new WebhookHandler(function (ServerRequestInterface $request) use (&$seen): WebhookReceiver {
            $handler = function (array $event) use ($request, &$seen): void {
                $seen[] = "{$event['id']} {$request->getUri()}";
            };

            return new WebhookReceiver("whsec_of_{$request->getUri()->getHost()}", $handler, new Logger());
        }, new HttpFactory());
        $signed = ['Payvost-Signature' => Sample::sign(Sample::EVENT, 'whsec_of_b.example')];
        $results = array_map(
            fn (string $url): array => $this->refused(new ServerRequest('POST', $url, $signed, Sample::EVENT)),
            ['https://a.example/', 'https://b.example/']
        );
        self::assertSame([[400, 'signature_mismatch'], [200, '']], $results);
        self::assertSame(['evt_1 https://b.example/'], $seen);
    }

    private static function request(mixed $body): ServerRequestInterface
    {
        return new ServerRequest('POST', '/', ['Payvost-Signature' => Sample::sign(Sample::EVENT)], $body);
    }

    /** @return array{int, string} the status and the code */
    private function refused(ServerRequestInterface $request): array
    {
        [$status, $body] = self::answer($this->handler->handle($request));

        return [$status, json_decode($body, true)['error']['code'] ?? ''];
    }

    /** @return array{int, string} */
    private static function answer(ResponseInterface $response): array
    {
        return [$response->getStatusCode(), (string) $response->getBody()];
    }
}
