<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use Payvost\Webhooks\Testing;
use Payvost\Webhooks\Tests\Support\Deliveries;
use Payvost\Webhooks\Tests\Support\Sample;
use Payvost\Webhooks\Tests\Support\Server;
use PHPUnit\Framework\TestCase;

/** The guide's receiver works with only its function replaced, on PHP's own web server. */
final class GuideTest extends TestCase
{
    private const RECEIVER = __DIR__ . '/receivers/guide.php';
    private const ACCEPTED = [200, '{"received":true}'];
    private const REFUSED = [400, 'Invalid signature'];

    private string $received;

    protected function setUp(): void
    {
        $this->received = (string) tempnam(sys_get_temp_dir(), 'payvost');
    }

    protected function tearDown(): void
    {
        unlink($this->received);
    }

    public function testGenuineEventIsReceived(): void
    {
        $server = $this->server(['WEBHOOK_SECRET' => Sample::SECRET]);
        $signature = Sample::sign(Sample::EVENT);

        self::assertSame(self::ACCEPTED, $server->post(Sample::EVENT, ["Payvost-Signature: {$signature}"]));
        self::assertSame(self::ACCEPTED, $server->post(Sample::EVENT, ["payvost-signature: {$signature}"]));
        self::assertSame("payment.succeeded pay_1\npayment.succeeded pay_1\n", file_get_contents($this->received));
    }

    public function testForgeriesAreRefused(): void
    {
        $server = $this->server(['WEBHOOK_SECRET' => Sample::SECRET]);
        $signature = Sample::sign(Sample::EVENT);
        $forgeries = [
            'no header' => [Sample::EVENT, []],
            'empty header' => [Sample::EVENT, ['Payvost-Signature:']],
            'another secret' => [Sample::EVENT, ['Payvost-Signature: ' . Sample::sign(Sample::EVENT, 'whsec_another')]],
            'another byte' => [Sample::EVENT . "\n", ["Payvost-Signature: {$signature}"]],
            'upper case' => [Sample::EVENT, ['Payvost-Signature: ' . strtoupper($signature)]],
            'prefix' => [Sample::EVENT, ["Payvost-Signature: sha256={$signature}"]],
            'sent twice' => [Sample::EVENT, ["Payvost-Signature: {$signature}", "Payvost-Signature: {$signature}"]],
            'not JSON' => ['signed', ['Payvost-Signature: ' . Sample::sign('signed')]],
            'empty body' => ['', ['Payvost-Signature: ' . Sample::sign('')]],
        ];
        foreach ($forgeries as $name => [$body, $headers]) {
            self::assertSame(self::REFUSED, $server->post($body, $headers), $name);
        }
        self::assertSame('', file_get_contents($this->received));
    }

    public function testNothingIsReceivedWithoutASecret(): void
    {
        foreach ([[], ['WEBHOOK_SECRET' => '']] as $environment) {
            $server = $this->server($environment);
            foreach (['', Sample::SECRET] as $key) {
                $signature = Sample::sign(Sample::EVENT, $key);
                self::assertSame(self::REFUSED, $server->post(Sample::EVENT, ["Payvost-Signature: {$signature}"]));
            }
        }
    }

    /** `handleWebhookEvent` as docs/handlers.md has it: the same calls, in at most ten lines. */
    public function testGuidesHandlerIsShorterWithARouter(): void
    {
        $branches = [
            'payment.succeeded' => 'handlePaymentSucceeded',
            'payment.failed' => 'handlePaymentFailed',
            'payment.refunded' => 'handlePaymentRefunded',
            'transfer.completed' => 'handleTransferCompleted',
            'transfer.failed' => 'handleTransferFailed',
            'wallet.balance_updated' => 'handleBalanceUpdated',
            'user.kyc_verified' => 'handleKYCVerified',
            'user.kyc_rejected' => 'handleKYCRejected',
            'fraud.alert_created' => 'handleFraudAlert',
        ];
        $page = (string) file_get_contents(__DIR__ . '/../../docs/handlers.md');
        self::assertSame(1, preg_match('~^```php\n(.*?)^```$~ms', $page, $match));
        self::assertLessThanOrEqual(10, substr_count($match[1], "\n"));

        $code = "namespace PageOfHandlers;\nuse Payvost\\Webhooks\\WebhookRouter;\n";
        foreach ($branches as $function) {
            $code .= "function {$function}(array \$data): array { return ['{$function}', \$data]; }\n";
        }
        $router = eval("{$code}{$match[1]}return \$router;");
        $events = array_map(Testing::sampleEvent(...), Deliveries::TYPES);
        foreach ([...$events, Testing::sampleEvent('user.created', ['type' => 'comet.sighted'])] as $event) {
            $function = $branches[$event['type']] ?? null;
            ob_start();
            $result = $router->dispatch($event);
            $printed = ob_get_clean();
            self::assertSame($function === null ? 1 : [$function, $event['data']], $result);
            self::assertSame($function === null ? "Unhandled event type: {$event['type']}\n" : '', $printed);
        }
    }

    /** @param array<string, string> $environment */
    private function server(array $environment): Server
    {
        return new Server(self::RECEIVER, $environment + ['RECEIVED' => $this->received]);
    }
}
