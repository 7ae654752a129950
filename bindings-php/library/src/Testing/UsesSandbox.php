<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Testing;

use PHPUnit\Framework\Attributes\After;

/**
 * For a test case of PHPUnit: gives each test a {@see Sandbox} of its own, and ends it after the test.
 *
 * ```php
 * final class WebhooksTest extends TestCase
 * {
 *     use UsesSandbox;
 *
 *     public function testPaymentIsBooked(): void
 *     {
 *         $receiver = $this->sandbox()->startReceiver(__DIR__ . '/../public/index.php');
 *         $this->sandbox()->publish('payment.succeeded');
 *         self::assertSame(1, $this->sandbox()->totals()['delivered']);
 *     }
 * }
 * ```
 */
trait UsesSandbox
{
    private ?Sandbox $payvostSandbox = null;

    /**
     * The sandbox of this test. The first call starts it.
     *
     * @param string ...$options further options of `payvost-webhooks sandbox`, in the first call
     */
    protected function sandbox(string ...$options): Sandbox
    {
        return $this->payvostSandbox ??= Sandbox::start(...$options);
    }

    /**
     * Runs after each test, also after one that failed.
     *
     * @after
     */
    #[After]
    protected function stopSandbox(): void
    {
        $this->payvostSandbox?->stop();
        $this->payvostSandbox = null;
    }
}
