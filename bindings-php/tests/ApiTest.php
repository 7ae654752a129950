<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use Error;
use Payvost\Webhooks\ConfigurationException;
use Payvost\Webhooks\EventRejectedException;
use Payvost\Webhooks\InvalidPayloadException;
use Payvost\Webhooks\SignatureVerificationException;
use Payvost\Webhooks\Tests\Support\Sample;
use Payvost\Webhooks\WebhookException;
use Payvost\Webhooks\WebhookVerifier;
use PHPUnit\Framework\TestCase;
use ReflectionExtension;

use function Payvost\Webhooks\sign;
use function Payvost\Webhooks\verifyWebhook;

/** The functions and the class, used as documented. */
final class ApiTest extends TestCase
{
    public function testVerifyWebhookReturnsWhatJsonDecodeReturns(): void
    {
        $event = verifyWebhook(Sample::EVENT, Sample::sign(Sample::EVENT), Sample::SECRET);

        self::assertSame(json_decode(Sample::EVENT, true), $event);
        self::assertSame('99.99', $event['data']['amount']);
    }

    public function testVerifierCanBeUsedManyTimes(): void
    {
        $verifier = new WebhookVerifier(Sample::SECRET);
        for ($number = 0; $number < 50; ++$number) {
            $payload = Sample::with("{$number}");
            self::assertSame($number, $verifier->verify($payload, Sample::sign($payload))['data']['x']);
            $signature = Sample::sign($payload);
            $this->assertRefused('signature_mismatch', fn () => $verifier->verify("{$payload} ", $signature));
        }
    }

    public function testVerifyAcceptsTheSignatureOfSign(): void
    {
        foreach (['', '{}', "\xff\x00", str_repeat('a', 100_000)] as $payload) {
            $signature = sign($payload, Sample::SECRET);
            self::assertSame(Sample::sign($payload), $signature);
            (new WebhookVerifier(Sample::SECRET))->verifySignature($payload, $signature);
        }
    }

    public function testVerifySignatureDoesNotParseThePayload(): void
    {
        $verifier = new WebhookVerifier(Sample::SECRET);
        $signature = Sample::sign('not JSON');

        self::assertNull($verifier->verifySignature('not JSON', $signature));
        $this->assertRefused('invalid_json', fn () => $verifier->verify('not JSON', $signature));
        $this->assertRefused('signature_mismatch', fn () => $verifier->verifySignature('not json', $signature));
    }

    public function testSeveralSecrets(): void
    {
        $secrets = ['whsec_new', 'whsec_old'];
        foreach ($secrets as $secret) {
            $signature = Sample::sign(Sample::EVENT, $secret);
            self::assertSame('evt_1', (new WebhookVerifier($secrets))->verify(Sample::EVENT, $signature)['id']);
            self::assertSame('evt_1', verifyWebhook(Sample::EVENT, $signature, $secrets)['id']);
        }
        $verifier = new WebhookVerifier(['new' => $secrets[0], 'old' => &$secrets[1]]);
        self::assertSame('evt_1', $verifier->verify(Sample::EVENT, Sample::sign(Sample::EVENT, 'whsec_old'))['id']);
        $other = Sample::sign(Sample::EVENT);
        $this->assertRefused('signature_mismatch', fn () => $verifier->verify(Sample::EVENT, $other));
    }

    public function testSecretIsBytes(): void
    {
        $secret = "\xff\x00\x80 key";
        $signature = Sample::sign(Sample::EVENT, $secret);

        self::assertSame('evt_1', verifyWebhook(Sample::EVENT, $signature, $secret)['id']);
    }

    public function testOptionsAreOffByDefault(): void
    {
        $signature = Sample::sign(Sample::EVENT);
        foreach ([[], [null, null, null], ['maxPayloadBytes' => null]] as $options) {
            $verifier = new WebhookVerifier(Sample::SECRET, ...$options);
            self::assertSame('evt_1', $verifier->verify(Sample::EVENT, $signature)['id']);
        }
    }

    public function testTolerance(): void
    {
        $now = str_replace('2025-11-01T10:00:00Z', gmdate('Y-m-d\TH:i:s\Z'), Sample::EVENT);
        foreach ([86400, 86400.5, 0x7fff_ffff] as $tolerance) {
            $verifier = new WebhookVerifier(Sample::SECRET, toleranceSeconds: $tolerance);
            self::assertSame('evt_1', $verifier->verify($now, Sample::sign($now))['id']);
        }
        foreach ([0, 0.0, 86400] as $tolerance) {
            $verifier = new WebhookVerifier(Sample::SECRET, toleranceSeconds: $tolerance);
            $past = str_replace('2025', '1990', Sample::EVENT);
            $future = str_replace('2025', '9999', Sample::EVENT);
            $this->assertRefused('event_too_old', fn () => $verifier->verify($past, Sample::sign($past)));
            $this->assertRefused('event_in_future', fn () => $verifier->verify($future, Sample::sign($future)));
        }
    }

    public function testExpectLiveMode(): void
    {
        $signature = Sample::sign(Sample::EVENT);
        $live = new WebhookVerifier(Sample::SECRET, expectLiveMode: true);
        $test = new WebhookVerifier(Sample::SECRET, expectLiveMode: false);

        self::assertTrue($live->verify(Sample::EVENT, $signature)['liveMode']);
        $this->assertRefused('live_mode_mismatch', fn () => $test->verify(Sample::EVENT, $signature));
    }

    public function testMaxPayloadBytes(): void
    {
        $length = strlen(Sample::EVENT);
        $signature = Sample::sign(Sample::EVENT);
        $enough = new WebhookVerifier(Sample::SECRET, maxPayloadBytes: $length);
        $tooFew = new WebhookVerifier(Sample::SECRET, maxPayloadBytes: $length - 1);

        self::assertSame('evt_1', $enough->verify(Sample::EVENT, $signature)['id']);
        $this->assertRefused('payload_too_large', fn () => $tooFew->verify(Sample::EVENT, $signature));
        $this->assertRefused('payload_too_large', fn () => $tooFew->verifySignature(Sample::EVENT, $signature));
    }

    public function testEventIsAnOrdinaryArray(): void
    {
        $payload = Sample::with('{"list":[1,"two",null],"empty":{},"nothing":[]}');
        $event = self::verifySigned($payload);
        $copy = $event;
        $copy['data']['x']['list'][] = 3;
        $copy['data']['new'] = true;
        unset($copy['id']);

        self::assertSame(json_decode($payload, true), $event);
        self::assertSame([1, 'two', null, 3], $copy['data']['x']['list']);
        self::assertSame($event, unserialize(serialize($event)));
        self::assertSame($payload, json_encode(json_decode($payload)));
        self::assertSame(var_export(json_decode($payload, true), true), var_export($event, true));
    }

    /**
     * @dataProvider keys
     */
    public function testKeysAreThoseOfJsonDecode(string $json): void
    {
        $payload = Sample::with($json);
        $expected = json_decode($payload, true);
        $event = self::verifySigned($payload);

        self::assertSame(serialize($expected), serialize($event));
        if (!isset($event['data']['x'][PHP_INT_MAX])) {
            $expected['data']['x'][] = 'next';
            $event['data']['x'][] = 'next';
            self::assertSame($expected, $event);
        }
    }

    /** @return iterable<array{string}> */
    public function keys(): iterable
    {
        yield ['{"0":"a","1":"b","2":"c"}'];
        yield ['{"2":"a","0":"b","1":"c"}'];
        yield ['{"5":"a","x":"b","3":"c","":"d"}'];
        yield ['{"123":1,"-5":2,"+5":3,"-0":4,"05":5,"5.0":6,"1e1":7," 1":8,"1 ":9,"0x1":10}'];
        yield ['{"9223372036854775807":1,"a":2}'];
        yield ['{"9223372036854775806":1,"9223372036854775808":2,"-9223372036854775808":3,"-9223372036854775809":4}'];
        yield ['{"\u0000":1,"a\u0000b":2,"\u0000a":3,"\u0031\u0032":4,"\u00e9":5,"é!":6,"\ud83d\ude00":7}'];
        yield ['{"id":1,"\u0069d ":2,"data":3,"liveMode":4,"livemode":5,"-":6,"--1":7}'];
        yield ['{"a":{"0":{"1":{"2":[]}}},"b":[{"0":1},{}]}'];
        yield ['{"' . implode('":1,"', range(0, 999)) . '":1}'];
        yield ['{"k' . implode('":1,"k', range(0, 999)) . '":1}'];
    }

    public function testVerifiersAreNeverEqual(): void
    {
        $verifier = new WebhookVerifier(Sample::SECRET);

        self::assertFalse($verifier == new WebhookVerifier('whsec_another'));
        self::assertFalse($verifier == new WebhookVerifier(Sample::SECRET));
    }

    public function testVerifierCannotBeCloned(): void
    {
        $this->expectException(Error::class);
        $this->expectExceptionMessage('uncloneable');
        clone new WebhookVerifier(Sample::SECRET);
    }

    public function testConstructingAgainReplacesTheSecretOnlyWhenItSucceeds(): void
    {
        $verifier = new WebhookVerifier(Sample::SECRET);
        $signature = Sample::sign(Sample::EVENT);
        $this->assertRefused('invalid_secret', fn () => $verifier->__construct(''));
        self::assertSame('evt_1', $verifier->verify(Sample::EVENT, $signature)['id']);

        $verifier->__construct('whsec_another');
        $this->assertRefused('signature_mismatch', fn () => $verifier->verify(Sample::EVENT, $signature));
    }

    public function testExceptionsAreOneFamily(): void
    {
        self::assertTrue(is_subclass_of(WebhookException::class, \Exception::class));
        $kinds = [
            ConfigurationException::class,
            SignatureVerificationException::class,
            InvalidPayloadException::class,
            EventRejectedException::class,
        ];
        foreach ($kinds as $class) {
            self::assertSame(WebhookException::class, get_parent_class($class));
        }
    }

    public function testExceptionsHaveTheOffsetAndThePointer(): void
    {
        $error = $this->assertRefused('invalid_json', fn () => self::verifySigned('{"id":}'));
        self::assertInstanceOf(InvalidPayloadException::class, $error);
        self::assertSame([6, null], [$error->getOffset(), $error->getPointer()]);
        self::assertSame('the payload is not valid JSON: unexpected byte at byte 6', $error->getMessage());
        self::assertSame(0, $error->getCode());
        self::assertSame(__FILE__, $error->getFile());

        $payload = str_replace('"evt_1"', '1', Sample::EVENT);
        $error = $this->assertRefused('invalid_event', fn () => self::verifySigned($payload));
        self::assertSame([null, '/id'], [$error->getOffset(), $error->getPointer()]);

        $error = $this->assertRefused('invalid_event', fn () => self::verifySigned('[]'));
        self::assertSame('', $error->getPointer());
    }

    public function testExceptionsAreOrdinaryExceptions(): void
    {
        $error = $this->assertRefused('missing_signature', fn () => verifyWebhook('{}', null, Sample::SECRET));
        $wrapped = new \RuntimeException('refused', 1, $error);
        self::assertSame($error, $wrapped->getPrevious());
        self::assertStringContainsString('the signature header is missing', (string) $error);

        $own = new SignatureVerificationException('for a test', 7);
        self::assertSame(['for a test', 7], [$own->getMessage(), $own->getCode()]);
        self::assertSame(['', '', null, null], [
            $own->getErrorCode(), $own->getHint(), $own->getOffset(), $own->getPointer(),
        ]);
    }

    public function testExtensionIsDescribed(): void
    {
        $extension = new ReflectionExtension('payvost_webhooks');
        ob_start();
        $extension->info();
        $info = (string) ob_get_clean();

        self::assertSame(phpversion('payvost_webhooks'), $extension->getVersion());
        self::assertStringContainsString((string) $extension->getVersion(), $info);
    }

    private static function verifySigned(string $payload): array
    {
        return verifyWebhook($payload, Sample::sign($payload), Sample::SECRET);
    }

    private function assertRefused(string $code, callable $call): WebhookException
    {
        try {
            $call();
        } catch (WebhookException $error) {
            self::assertSame($code, $error->getErrorCode());
            self::assertNotSame('', $error->getHint());

            return $error;
        }
        self::fail("nothing was refused where {$code} was expected");
    }
}
