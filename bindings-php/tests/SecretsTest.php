<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use ErrorException;
use Payvost\Webhooks\Tests\Support\Php;
use Payvost\Webhooks\Tests\Support\Sample;
use Payvost\Webhooks\WebhookVerifier;
use PHPUnit\Framework\TestCase;
use Throwable;

use function Payvost\Webhooks\sign;
use function Payvost\Webhooks\verifyWebhook;

/** Secrets are not visible in a printed verifier, nor in stack traces that print arguments. */
final class SecretsTest extends TestCase
{
    private const SECRET = 'whsec_hide';

    public function testVerifierShowsNothing(): void
    {
        $verifier = new WebhookVerifier([self::SECRET, self::SECRET . '2'], toleranceSeconds: 60);
        ob_start();
        var_dump($verifier);
        $shown = ob_get_clean() . print_r($verifier, true) . var_export($verifier, true) . json_encode($verifier)
            . print_r((array) $verifier, true) . print_r(get_object_vars($verifier), true)
            . print_r(get_mangled_object_vars($verifier), true);

        self::assertStringContainsString('WebhookVerifier', $shown);
        self::assertStringNotContainsString('hide', $shown);
    }

    public function testVerifierCannotBeSerialized(): void
    {
        $verifier = new WebhookVerifier(self::SECRET);
        foreach ([serialize(...), static fn ($value) => serialize([$value])] as $serialize) {
            try {
                $serialize($verifier);
                self::fail('a verifier was serialized');
            } catch (\Exception $error) {
                self::assertStringContainsString('not allowed', $error->getMessage());
            }
        }
    }

    public function testVerifierTakesNoProperties(): void
    {
        $verifier = new WebhookVerifier(self::SECRET);
        $this->expectException(\Error::class);
        $verifier->secret = self::SECRET;
    }

    public function testStackTracesHideTheSecret(): void
    {
        self::assertSame('0', ini_get('zend.exception_ignore_args'));
        $verifier = new WebhookVerifier(self::SECRET);
        $calls = [
            'verifyWebhook' => fn () => verifyWebhook(Sample::EVENT, str_repeat('0', 64), self::SECRET),
            'verifyWebhook with a list' => fn () => verifyWebhook(Sample::EVENT, 'x', [self::SECRET]),
            'verifyWebhook with named arguments' =>
                fn () => verifyWebhook(secret: self::SECRET, payload: '', signature: ''),
            'sign' => fn () => sign(null, self::SECRET),
            'constructor' => fn () => new WebhookVerifier([self::SECRET, ' ']),
            'constructor with a bad option' => fn () => new WebhookVerifier(self::SECRET, expectLiveMode: 1),
            'constructor with too many arguments' => fn () => new WebhookVerifier(self::SECRET, 1, true, 1, 1),
            'method' => fn () => $verifier->verify(Sample::EVENT, 'x'),
        ];
        foreach ($calls as $name => $call) {
            $shown = $this->everythingAbout($call);
            self::assertStringContainsString('SecretsTest', $shown, $name);
            self::assertStringNotContainsString('hide', $shown, $name);
        }
    }

    public function testStackTracesHideThePayloadAndTheSignature(): void
    {
        $verifier = new WebhookVerifier('whsec_1');
        $delivery = ['{"customer":"hide"}', 'hide'];
        $calls = [
            fn () => verifyWebhook(...$delivery, ...['whsec_1']),
            fn () => sign($delivery[0], ''),
            fn () => $verifier->verify(...$delivery),
            fn () => $verifier->verifySignature(...$delivery),
            fn () => $verifier->matchingSecret(...$delivery),
        ];
        foreach ($calls as $number => $call) {
            $shown = $this->everythingAbout($call);
            self::assertStringContainsString('SensitiveParameterValue', $shown, "{$number}");
            self::assertStringNotContainsString('hide', $shown, "{$number}");
        }
    }

    public function testFatalErrorHidesTheSecret(): void
    {
        $secret = var_export(self::SECRET, true);
        foreach (["sign(0, {$secret})", "new WebhookVerifier({$secret}, [])"] as $call) {
            $code = 'use Payvost\Webhooks\WebhookVerifier; use function Payvost\Webhooks\sign; ' . "{$call};";
            $options = ['-d', 'display_errors=1', '-d', 'zend.exception_ignore_args=0', '-d', 'error_reporting=-1'];
            [$exitCode, $shown] = Php::run([...$options, '-r', $code]);

            self::assertSame(255, $exitCode);
            self::assertStringContainsString('Object(SensitiveParameterValue)', $shown);
            self::assertStringNotContainsString('hide', $shown);
        }
    }

    private function everythingAbout(callable $call): string
    {
        try {
            $call();
        } catch (Throwable $error) {
            // Only the first frame is of interest: the others hold objects of PHPUnit.
            $called = array_slice($error->getTrace(), 0, 1);

            return $error->getTraceAsString() . $error . print_r($called, true);
        }
        throw new ErrorException('nothing was thrown');
    }
}
