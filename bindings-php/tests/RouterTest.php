<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use Error;
use Payvost\Webhooks\ConfigurationException;
use Payvost\Webhooks\Internal\RouteTable;
use Payvost\Webhooks\Testing;
use Payvost\Webhooks\Tests\Support\Deliveries;
use Payvost\Webhooks\WebhookRouter;
use PHPUnit\Framework\TestCase;
use RuntimeException;

final class RouterTest extends TestCase
{
    public function testMostSpecificHandlerRunsAlone(): void
    {
        $router = (new WebhookRouter())
            ->on('*', fn (array $event) => "all {$event['id']}")
            ->on('payment.*', fn (array $event) => "family {$event['id']}")
            ->on('payment.succeeded', fn (array $event) => "type {$event['id']}");

        self::assertSame('type 1', $router->dispatch(['id' => '1', 'type' => 'payment.succeeded']));
        self::assertSame('family 2', $router->dispatch(['id' => '2', 'type' => 'payment.failed']));
        self::assertSame('all 3', $router->dispatch(['id' => '3', 'type' => 'rate.changed']));
        self::assertSame('all 4', $router->dispatch(['id' => '4', 'type' => 'payments.x']));
    }

    public function testMissingHandlerIsNotAnError(): void
    {
        $router = (new WebhookRouter())->on('payment.*', fn () => 'payment');

        self::assertNull($router->dispatch(Testing::sampleEvent('user.created')));
        self::assertNull($router->find('user.created'));
        self::assertNull((new WebhookRouter())->dispatch(Testing::sampleEvent('user.created')));
    }

    public function testAnyCallableIsAHandler(): void
    {
        $router = (new WebhookRouter())
            ->on('payment.created', 'json_encode')
            ->on('payment.failed', [$this, 'handle'])
            ->on('payment.succeeded', $this->handle(...))
            ->on('payment.refunded', new class {
                public function __invoke(array $event): string
                {
                    return "invoked {$event['type']}";
                }
            });

        self::assertSame('{"type":"payment.created"}', $router->dispatch(['type' => 'payment.created']));
        self::assertSame('handled payment.failed', $router->dispatch(['type' => 'payment.failed']));
        self::assertSame('handled payment.succeeded', $router->dispatch(['type' => 'payment.succeeded']));
        self::assertSame('invoked payment.refunded', $router->dispatch(['type' => 'payment.refunded']));
    }

    public function handle(array $event): string
    {
        return "handled {$event['type']}";
    }

    public function testPatternThatMatchesNothingIsRefused(): void
    {
        $router = new WebhookRouter();
        $patterns = ['', '.', 'payment.', '.*', '**', 'pay*', '*.created', 'payment.succeeded ', "payment\n", "\xff"];
        foreach ($patterns as $pattern) {
            $this->assertRefused(fn () => $router->on($pattern, fn () => null));
        }
        self::assertNull($router->find('payment.succeeded'));
    }

    public function testDuplicatePatternIsRefusedAndTheFirstRemains(): void
    {
        $router = new WebhookRouter();
        foreach (['*', 'payment.*', 'payment.failed'] as $pattern) {
            $router->on($pattern, fn () => "first {$pattern}");
            $this->assertRefused(fn () => $router->on($pattern, fn () => 'second'));
        }
        self::assertSame('first *', $router->dispatch(['type' => 'x']));
        self::assertSame('first payment.*', $router->dispatch(['type' => 'payment.x']));
        self::assertSame('first payment.failed', $router->dispatch(['type' => 'payment.failed']));
    }

    public function testExceptionOfAHandlerIsNotCaught(): void
    {
        $router = (new WebhookRouter())->on('*', fn () => throw new RuntimeException('out of order'));

        $this->expectExceptionMessage('out of order');
        $router->dispatch(['type' => 'x']);
    }

    public function testHandlersCanUseTheRouter(): void
    {
        $router = new WebhookRouter();
        $router->on('a', fn () => $router->on('b', fn () => 'b') === $router);
        $router->on('*', fn () => $router->dispatch(['type' => 'a']));

        self::assertTrue($router->dispatch(['type' => 'b']));
        self::assertSame('b', $router->dispatch(['type' => 'b']));
    }

    public function testRoutersAreIndependent(): void
    {
        $one = (new WebhookRouter())->on('*', fn () => 'one');
        $two = (new WebhookRouter())->on('*', fn () => 'two');
        self::assertSame(['one', 'two'], [$one->dispatch(['type' => 'x']), $two->dispatch(['type' => 'x'])]);

        $this->expectException(Error::class);
        clone $one;
    }

    public function testRouteTableTakesAnything(): void
    {
        $table = new RouteTable();
        foreach ([null, 1, 1.5, [], $this] as $value) {
            $this->assertRefused(fn () => $table->add($value));
            self::assertNull($table->find($value));
        }
        self::assertSame([0, 1], [$table->add('a'), $table->add('b')]);
    }

    /** The guide's `handleWebhookEvent`, as in the README. */
    public function testGuidesHandlerIsTenLines(): void
    {
        $readme = (string) file_get_contents(__DIR__ . '/../README.md');
        self::assertSame(1, preg_match('~^\$router = \(new WebhookRouter\(\)\)->on.*?;$~ms', $readme, $match));
        self::assertLessThanOrEqual(10, substr_count($match[0], "\n") + 1);

        $handlers = ['PaymentSucceeded', 'PaymentFailed', 'PaymentRefunded', 'TransferCompleted', 'TransferFailed',
            'BalanceUpdated', 'KYCVerified', 'KYCRejected', 'FraudAlert'];
        $code = 'use Payvost\Webhooks\WebhookRouter; function error_log($text) { return $text; }';
        foreach ($handlers as $handler) {
            $code .= "function handle{$handler}(\$event) { return '{$handler}'; }";
        }
        $router = eval("namespace Payvost\\Webhooks\\Tests\\Guide; {$code} {$match[0]} return \$router;");
        $called = [];
        foreach (Deliveries::TYPES as $type) {
            $called[] = $router->dispatch(Testing::sampleEvent($type));
        }
        self::assertSame($handlers, array_values(array_intersect($called, $handlers)));
        self::assertContains('Unhandled event type: payment.created', $called);
    }

    private function assertRefused(callable $call): void
    {
        try {
            $call();
        } catch (ConfigurationException $error) {
            self::assertSame('invalid_option', $error->getErrorCode());

            return;
        }
        self::fail('nothing was refused');
    }
}
