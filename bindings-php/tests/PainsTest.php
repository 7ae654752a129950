<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use Payvost\Webhooks\ConfigurationException;
use Payvost\Webhooks\SignatureVerificationException;
use Payvost\Webhooks\Testing;
use Payvost\Webhooks\Tests\Support\Logger;
use Payvost\Webhooks\Tests\Support\Php;
use Payvost\Webhooks\Tests\Support\Sample;
use Payvost\Webhooks\WebhookException;
use Payvost\Webhooks\WebhookReceiver;
use Payvost\Webhooks\WebhookResult;
use Payvost\Webhooks\WebhookRouter;
use Payvost\Webhooks\WebhookVerifier;
use PHPUnit\Framework\TestCase;

/** Complaints about other webhook libraries, with a test for each. */
final class PainsTest extends TestCase
{
    public function testBodyThatAFrameworkParsedIsRefused(): void
    {
        foreach ([['id' => 'evt_1'], (object) ['id' => 'evt_1'], null] as $parsed) {
            $signature = Sample::sign(Sample::EVENT, 's');
            $error = $this->refusal(fn () => (new WebhookVerifier('s'))->verify($parsed, $signature));
            self::assertInstanceOf(ConfigurationException::class, $error);
            self::assertSame('payload_not_raw', $error->getErrorCode());
            self::assertNotSame('', $error->getHint());
        }
    }

    public function testNonAsciiText(): void
    {
        $request = Testing::signedRequest(Testing::sampleEvent('user.created', ['data' => ['name' => 'Zoë']]), 's');
        self::assertStringContainsString("Zo\xc3\xab", $request->body);
        $event = (new WebhookVerifier('s'))->verify($request->body, $request->signature);
        self::assertSame('Zoë', $event['data']['name']);
    }

    public function testSecretWithANewlineAndApiKeyAreRefused(): void
    {
        foreach (["whsec_x\n", ' whsec_x', 'sk_live_x', 'pk_test_x'] as $secret) {
            self::assertSame('invalid_secret', $this->refusal(fn () => new WebhookVerifier($secret))->getErrorCode());
        }
    }

    public function testWrongSecretIsExplained(): void
    {
        $error = $this->refusal(fn () => (new WebhookVerifier('a'))->verify('{}', Sample::sign('{}', 'b')));
        self::assertInstanceOf(SignatureVerificationException::class, $error);
        self::assertStringContainsString('secret', $error->getHint());
    }

    /** During a rotation, both secrets are accepted, and it is visible when the old one can be retired. */
    public function testKeyRotation(): void
    {
        $verifier = new WebhookVerifier(['new', 'old']);
        self::assertSame(0, $verifier->matchingSecret('{}', Sample::sign('{}', 'new')));
        self::assertSame(1, $verifier->matchingSecret('{}', Sample::sign('{}', 'old')));
        $refused = [Sample::sign('{}', 'older') => 'signature_mismatch', '' => 'missing_signature'];
        foreach ($refused as $signature => $code) {
            $error = $this->refusal(fn () => $verifier->matchingSecret('{}', $signature));
            self::assertSame($code, $error->getErrorCode());
        }

        $used = [];
        $count = function (WebhookResult $result) use (&$used): void {
            $used[] = $result->matchingSecret;
        };
        $receiver = new WebhookReceiver(['new', 'old'], fn () => null, new Logger(), $count);
        foreach (['old', 'new', 'older'] as $secret) {
            $receiver->receive(Sample::EVENT, Sample::sign(Sample::EVENT, $secret));
        }
        self::assertSame([1, 0, null], $used);
    }

    /** It has the same id in the event, the log and the metrics. */
    public function testDuplicateEventCanBeRecognized(): void
    {
        $ids = [];
        $handle = function (array $event) use (&$ids): void {
            $ids[] = $event['id'];
        };
        $count = function (WebhookResult $result) use (&$ids): void {
            $ids[] = $result->eventId;
        };
        $receiver = new WebhookReceiver('s', $handle, $logger = new Logger(), $count);
        $request = Testing::signedRequest(Testing::sampleEvent('payment.succeeded', ['id' => 'evt_twice']), 's');
        foreach ([1, 2] as $_) {
            $receiver->receive($request->body, $request->signature);
        }
        self::assertSame(array_fill(0, 4, 'evt_twice'), $ids);
        self::assertSame(['evt_twice', 'evt_twice'], array_column(array_column($logger->records, 2), 'event_id'));
    }

    /** The handler sees the object's previous state, so it can recognize events that are out of order. */
    public function testOutOfOrder(): void
    {
        $event = Testing::sampleEvent('wallet.frozen', ['previousData' => ['status' => 'active']]);
        $request = Testing::signedRequest($event, 's');
        $previous = null;
        $handle = function (array $event) use (&$previous): void {
            $previous = $event['previousData'];
        };
        (new WebhookReceiver('s', $handle, new Logger()))->receive($request->body, $request->signature);

        self::assertSame(['status' => 'active'], $previous);
    }

    public function testNewEventTypeBreaksNothing(): void
    {
        $event = Testing::sampleEvent('user.created', ['type' => 'crystal.grown', 'data' => ['sparkle' => true]]);
        $request = Testing::signedRequest($event, 's');
        $router = (new WebhookRouter())->on('payment.*', fn () => self::fail('another handler'));

        $receiver = new WebhookReceiver('s', $router, new Logger());
        self::assertSame(200, $receiver->receive($request->body, $request->signature)->status);
    }

    public function testSigningInTests(): void
    {
        $router = (new WebhookRouter())->on('payment.succeeded', fn (array $event) => $event['data']['amount']);
        $request = Testing::signedRequest(Testing::sampleEvent('payment.succeeded'), 'whsec_test');

        self::assertSame(200, (new WebhookReceiver('whsec_test', $router, new Logger()))
            ->receive($request->body, $request->signature)->status);
    }

    public function testInvalidSignatureGets400AndMisconfigurationIsLogged(): void
    {
        $receiver = new WebhookReceiver('s', fn () => null, new Logger());
        foreach (["\xff\xfe", 'é', str_repeat('g', 64), ['x'], 1] as $signature) {
            self::assertSame(400, $receiver->receive(Sample::EVENT, $signature)->status);
        }
        $misconfigured = new WebhookReceiver('', fn () => null, $logger = new Logger());
        self::assertSame(500, $misconfigured->receive(Sample::EVENT, null)->status);
        self::assertSame('invalid_secret', $logger->records[0][2]['code']);
    }

    public function testMissingExtensionIsReported(): void
    {
        $library = var_export(dirname(__DIR__) . '/library/autoload.php', true);
        [$code, $output] = Php::run(['-d', 'display_errors=1', '-r', "require {$library};"], false);

        self::assertSame(255, $code);
        self::assertStringContainsString('The PHP extension payvost_webhooks is not loaded: install it', $output);
    }

    public function testMissingSecretAcceptsNothing(): void
    {
        foreach ([null, false, '', '0 ', [], [''], [null]] as $secret) {
            $receiver = new WebhookReceiver($secret, fn () => self::fail('the handler ran'), new Logger());
            foreach ([null, '', Sample::sign(Sample::EVENT, '')] as $signature) {
                self::assertSame(500, $receiver->receive(Sample::EVENT, $signature)->status);
            }
        }
    }

    private function refusal(callable $call): WebhookException
    {
        try {
            $call();
        } catch (WebhookException $error) {
            return $error;
        }
        self::fail('nothing was refused');
    }
}
