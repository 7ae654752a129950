<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use Generator;
use Payvost\Webhooks\ConfigurationException;
use Payvost\Webhooks\IncomingRequest;
use Payvost\Webhooks\Testing;
use Payvost\Webhooks\Tests\Support\Deliveries;
use Payvost\Webhooks\Tests\Support\Logger;
use Payvost\Webhooks\Tests\Support\Sample;
use Payvost\Webhooks\WebhookReceiver;
use Payvost\Webhooks\WebhookResult;
use Payvost\Webhooks\WebhookRouter;
use Payvost\Webhooks\WebhookVerifier;
use PHPUnit\Framework\TestCase;
use Psr\Log\AbstractLogger;
use RuntimeException;

final class ReceiverTest extends TestCase
{
    private Logger $logger;

    /** @var list<WebhookResult> */
    private array $results = [];

    /** @var list<array<string, mixed>> */
    private array $handled = [];

    protected function setUp(): void
    {
        $this->logger = new Logger();
    }

    public function testEventIsHandled(): void
    {
        $event = Testing::sampleEvent('payment.succeeded');
        $request = Testing::signedRequest($event, Sample::SECRET);

        $response = $this->receiver()->receive($request->body, $request->signature);
        self::assertSame([200, '{"received":true}'], [$response->status, $response->body]);
        self::assertSame(['Content-Type' => 'application/json'], $response->headers);
        self::assertSame([$event], $this->handled);

        $fields = ['code' => 'handled', 'event_id' => $event['id'], 'event_type' => 'payment.succeeded'];
        $line = "webhook event handled: payment.succeeded {$event['id']}";
        self::assertSame([['info', $line, $fields]], $this->logger->records);
        $result = $this->results[0];
        self::assertSame(
            ['handled', 200, $event['id'], 'payment.succeeded', 0, 0],
            [
                $result->code, $result->status, $result->eventId, $result->eventType, $result->matchingSecret,
                $result->attempt,
            ]
        );
        self::assertGreaterThan(0.0, $result->duration);
    }

    public function testRefusalsAreLoggedAndCounted(): void
    {
        $receiver = $this->receiver();
        foreach (Deliveries::refused() as $name => [$body, $signature, $status, $code]) {
            $response = $receiver->receive($body, $signature);
            self::assertSame($status, $response->status, $name);
            self::assertSame($code, json_decode($response->body, true)['error']['code'], $name);

            [$level, $message, $context] = array_pop($this->logger->records);
            self::assertSame('warning', $level);
            self::assertStringStartsWith("webhook refused: {$code}: {$context['message']}", $message);
            self::assertStringEndsWith($context['hint'], $message);
            $places = array_intersect(['offset', 'pointer'], array_keys($context));
            self::assertSame(['code', 'message', ...$places, 'hint'], array_keys($context));
            self::assertSame($code, $context['code']);
            self::assertSame($code === 'invalid_json', isset($context['offset']), $name);
            self::assertSame($code === 'invalid_event', isset($context['pointer']), $name);

            $result = array_pop($this->results);
            self::assertSame(
                [$code, $status, null, null, null],
                [$result->code, $result->status, $result->eventId, $result->eventType, $result->matchingSecret]
            );
        }
        self::assertSame([], $this->handled);
    }

    public function testMisconfigurationGets500AndIsLoggedAsAnError(): void
    {
        foreach ([false, null, '', " \n", 'whsec_x ', 'sk_live_x', [], 7] as $secret) {
            $response = $this->receiver($secret)->receive(Sample::EVENT, Sample::sign(Sample::EVENT, 'x'));
            self::assertSame([500, 'invalid_secret'], [$response->status, end($this->results)->code]);
            self::assertSame('error', array_pop($this->logger->records)[0]);
        }
        $response = $this->receiver()->receive(['id' => 'evt_1'], Sample::sign(Sample::EVENT));
        self::assertSame([500, 'payload_not_raw'], [$response->status, end($this->results)->code]);
        self::assertSame([], $this->handled);
    }

    public function testOptionsOfAVerifierHold(): void
    {
        $receiver = $this->receiver(new WebhookVerifier(Sample::SECRET, expectLiveMode: false));

        self::assertSame(400, $receiver->receive(Sample::EVENT, Sample::sign(Sample::EVENT))->status);
        self::assertSame('live_mode_mismatch', $this->results[0]->code);
    }

    public function testHandlerThatThrowsGets500(): void
    {
        $errors = [new RuntimeException('out of order'), new \TypeError('a mistake'), $this->webhookException()];
        foreach ($errors as $error) {
            $receiver = new WebhookReceiver(Sample::SECRET, fn () => throw $error, $this->logger, $this->remember(...));
            $response = $receiver->receive(Sample::EVENT, Sample::sign(Sample::EVENT));

            self::assertSame([500, 'handler_failed'], [$response->status, end($this->results)->code]);
            self::assertStringNotContainsString($error->getMessage(), $response->body);
            [$level, , $context] = array_pop($this->logger->records);
            self::assertSame('error', $level);
            self::assertSame(
                [
                    'code' => 'handler_failed',
                    'event_id' => 'evt_1',
                    'event_type' => 'payment.succeeded',
                    'reason' => 'raised',
                    'error_class' => $error::class,
                    'exception' => $error,
                ],
                $context
            );
        }
    }

    public function testTracesOfHandlersShowNoPayloadAndNoSignature(): void
    {
        self::assertSame('0', ini_get('zend.exception_ignore_args'));
        $receiver = new WebhookReceiver(Sample::SECRET, fn () => throw new RuntimeException('x'), $this->logger);
        $signature = Sample::sign(Sample::EVENT);
        $receiver->receive(Sample::EVENT, $signature);
        $exception = $this->logger->records[0][2]['exception'];
        $ours = array_filter(
            $exception->getTrace(),
            static fn (array $frame): bool => ($frame['class'] ?? '') === WebhookReceiver::class
        );
        self::assertNotSame([], $ours);
        foreach ($ours as $frame) {
            $mayTell = static fn (mixed $argument): bool => $argument !== null && !is_bool($argument);
            foreach (array_filter($frame['args'], $mayTell) as $argument) {
                self::assertInstanceOf(\SensitiveParameterValue::class, $argument);
            }
        }
        self::assertStringNotContainsString(substr($signature, 0, 15), $exception->getTraceAsString());
        foreach ($exception->getTrace() as $frame) {
            if (str_starts_with($frame['class'] ?? '', 'Payvost\\Webhooks\\Internal\\')) {
                // Of the arguments there, only the event is an array.
                array_map(static fn (mixed $argument) => self::assertIsNotArray($argument), $frame['args'] ?? []);
            }
        }
    }

    public function testUnknownTypeWithoutHandlerIsReceived(): void
    {
        $receiver = new WebhookReceiver(Sample::SECRET, new WebhookRouter(), $this->logger, $this->remember(...));
        $event = Testing::sampleEvent('user.created', ['type' => 'rate.changed']);
        $request = Testing::signedRequest($event, Sample::SECRET);

        self::assertSame(200, $receiver->receive($request->body, $request->signature)->status);
        self::assertSame('unhandled', $this->results[0]->code);
        self::assertStringStartsWith('no handler for this event type: rate.changed', $this->logger->records[0][1]);
    }

    public function testHookThatThrowsChangesNoAnswer(): void
    {
        $hook = fn () => throw new RuntimeException('no metrics');
        $receiver = new WebhookReceiver(Sample::SECRET, fn () => null, $this->logger, $hook);

        self::assertSame(200, $receiver->receive(Sample::EVENT, Sample::sign(Sample::EVENT))->status);
        self::assertSame('no metrics', $this->logger->records[1][2]['exception']->getMessage());
        self::assertCount(2, $this->logger->records);
    }

    public function testLoggerThatThrowsChangesNoAnswer(): void
    {
        $logger = new class extends AbstractLogger {
            public function log($level, $message, array $context = [])
            {
                throw new RuntimeException('disk full');
            }
        };
        $receiver = new WebhookReceiver(Sample::SECRET, fn () => null, $logger);

        self::assertSame(200, $receiver->receive(Sample::EVENT, Sample::sign(Sample::EVENT))->status);
        self::assertSame(400, $receiver->receive(Sample::EVENT, null)->status);
    }

    public function testBodyIsReadOnlyWhenTheReceiverCanVerify(): void
    {
        $read = fn () => self::fail('the body was read');

        self::assertSame(500, $this->receiver('')->receiveFrom($read, null)->status);
        self::assertSame(500, $this->receiver('')->receiveFrom(new IncomingRequest($read, null))->status);
        self::assertSame('invalid_secret', $this->results[1]->code);
    }

    public function testFunctionThatReadsTheBodyStopsInTime(): void
    {
        $read = static function (WebhookVerifier $verifier): string {
            $verifier->checkPayloadLength(1024 * 1024);
            $verifier->checkPayloadLength(1024 * 1024 + 1);
            self::fail('it goes on');
        };
        self::assertSame(413, $this->receiver()->receiveFrom($read, null)->status);
        $read = static fn (WebhookVerifier $verifier) => $verifier->checkPayloadLength('parsed');
        self::assertSame(500, $this->receiver()->receiveFrom($read, null)->status);
        $read = static fn (): ?string => null;
        self::assertSame(500, $this->receiver()->receiveFrom($read, null)->status);
        $read = static fn (): string => Sample::EVENT;
        self::assertSame(200, $this->receiver()->receiveFrom($read, Sample::sign(Sample::EVENT))->status);
        self::assertSame(
            ['payload_too_large', 'payload_not_raw', 'payload_not_raw', 'handled'],
            array_map(static fn (WebhookResult $result): string => $result->code, $this->results)
        );
    }

    public function testDurationCountsFromTheAdaptersEntry(): void
    {
        $read = static function (): string {
            static $body = Sample::EVENT;
            usleep(30_000);
            [$chunk, $body] = [$body, ''];

            return $chunk;
        };
        $request = new IncomingRequest($read, Sample::sign(Sample::EVENT));
        self::assertSame(200, $this->receiver()->receiveFrom($request)->status);
        self::assertGreaterThan(0.06, $this->results[0]->duration);
    }

    public function testGeneratorFunctionIsRefusedWhenItIsRegistered(): void
    {
        $generator = static function (array $event): Generator {
            yield self::fail('it ran');
        };
        $invokable = new class {
            public function __invoke(array $event): iterable
            {
                yield $event;
            }
        };
        foreach ([$generator, $invokable, [$invokable, '__invoke']] as $handler) {
            foreach ([fn () => new WebhookReceiver(Sample::SECRET, $handler), fn () => (new WebhookRouter())->on('*', $handler)] as $register) {
                try {
                    $register();
                    self::fail('it was registered');
                } catch (ConfigurationException $error) {
                    self::assertSame('invalid_option', $error->getErrorCode());
                    self::assertStringContainsString('generator function', $error->getMessage());
                }
            }
        }
    }

    public function testHandlerThatReturnsAGeneratorOrPromiseHasFailed(): void
    {
        $promise = new class {
            public function then(callable $then): self
            {
                return $this;
            }
        };
        $future = new class {
            public function await(): void
            {
            }
        };
        $generate = static fn (): Generator => yield from [];
        foreach ([$generate, static fn () => $promise, static fn () => $future] as $returned) {
            $logger = new Logger();
            $receiver = new WebhookReceiver(Sample::SECRET, static fn (array $event) => $returned(), $logger);
            $response = $receiver->receive(Sample::EVENT, Sample::sign(Sample::EVENT));
            self::assertSame(500, $response->status);
            self::assertSame('handler_failed', $logger->records[0][2]['code']);
            self::assertStringContainsString('which the receiver does not run', $logger->records[0][2]['exception']->getMessage());
        }
    }

    public function testOtherMethodsAreNotAllowedWhereTheAdapterOwnsTheRoute(): void
    {
        $read = fn () => self::fail('the body was read');
        foreach (['GET', 'HEAD', 'PUT', 'post'] as $method) {
            $response = $this->receiver()->receiveFrom(new IncomingRequest($read, null, method: $method));
            self::assertSame([405, 'POST'], [$response->status, $response->headers['Allow']], $method);
            self::assertSame('method_not_allowed', array_pop($this->results)->code);
        }
    }

    private function receiver(mixed $verifier = Sample::SECRET): WebhookReceiver
    {
        $handler = function (array $event): void {
            $this->handled[] = $event;
        };

        $router = (new WebhookRouter())->on('*', $handler);

        return new WebhookReceiver($verifier, $router, $this->logger, $this->remember(...));
    }

    private function remember(WebhookResult $result): void
    {
        $this->results[] = $result;
    }

    private function webhookException(): \Throwable
    {
        try {
            return new WebhookVerifier('');
        } catch (\Exception $error) {
            return $error;
        }
    }
}
