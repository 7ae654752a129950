<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use ArgumentCountError;
use ArrayObject;
use Error;
use Exception;
use Payvost\Webhooks\ConfigurationException;
use Payvost\Webhooks\InvalidPayloadException;
use Payvost\Webhooks\SignatureVerificationException;
use Payvost\Webhooks\Stores\StoreException;
use Payvost\Webhooks\Tests\Support\Sample;
use Payvost\Webhooks\WebhookException;
use Payvost\Webhooks\WebhookVerifier;
use PDOException;
use PHPUnit\Framework\TestCase;
use ReflectionClass;
use ReflectionException;
use ReflectionMethod;
use stdClass;
use Throwable;

use function Payvost\Webhooks\sign;
use function Payvost\Webhooks\verifyWebhook;

/** Whatever the arguments, only the exceptions of the namespace are thrown. This file has strict_types on. */
final class ErrorsTest extends TestCase
{
    /**
     * @dataProvider notStrings
     */
    public function testPayloadOfAnotherTypeIsNotRaw(mixed $payload): void
    {
        $this->assertRefused('payload_not_raw', ConfigurationException::class, [
            fn () => verifyWebhook($payload, Sample::sign(''), Sample::SECRET),
            fn () => $this->verifier()->verify($payload, null),
            fn () => $this->verifier()->verifySignature($payload, []),
            fn () => sign($payload, Sample::SECRET),
        ]);
    }

    /**
     * @dataProvider notStrings
     */
    public function testSignatureOfAnotherTypeIsMalformed(mixed $signature): void
    {
        $code = $signature === null ? 'missing_signature' : 'malformed_signature';
        $this->assertRefused($code, SignatureVerificationException::class, [
            fn () => verifyWebhook(Sample::EVENT, $signature, Sample::SECRET),
            fn () => $this->verifier()->verify(Sample::EVENT, $signature),
            fn () => $this->verifier()->verifySignature(Sample::EVENT, $signature),
        ]);
        $this->assertRefused('payload_too_large', InvalidPayloadException::class, [
            fn () => (new WebhookVerifier(Sample::SECRET, maxPayloadBytes: 1))->verify(Sample::EVENT, $signature),
        ]);
    }

    /**
     * @dataProvider notStrings
     */
    public function testSecretOfAnotherTypeIsInvalid(mixed $secret): void
    {
        if (is_array($secret) && is_string(reset($secret))) {
            $secret = [$secret];
        }
        $this->assertRefused('invalid_secret', ConfigurationException::class, [
            fn () => new WebhookVerifier($secret),
            fn () => new WebhookVerifier([$secret]),
            fn () => new WebhookVerifier([Sample::SECRET, $secret]),
            fn () => new WebhookVerifier([$secret, Sample::SECRET], toleranceSeconds: -1),
            fn () => verifyWebhook(Sample::EVENT, Sample::sign(Sample::EVENT), $secret),
            fn () => verifyWebhook([], null, $secret),
            fn () => sign(Sample::EVENT, $secret),
            fn () => sign(null, $secret),
        ]);
    }

    /** @return iterable<string, array{mixed}> */
    public function notStrings(): iterable
    {
        $event = json_decode(Sample::EVENT);
        $text = Sample::EVENT;
        $referenced = [&$text];
        yield 'null' => [null];
        yield 'false' => [false];
        yield 'true' => [true];
        yield 'zero' => [0];
        yield 'int' => [PHP_INT_MIN];
        yield 'float' => [1.5];
        yield 'NaN' => [NAN];
        yield 'empty array' => [[]];
        yield 'list' => [['a']];
        yield 'list of a reference' => [$referenced];
        yield 'decoded event' => [json_decode(Sample::EVENT, true)];
        yield 'decoded event as an object' => [$event];
        yield 'object' => [new stdClass()];
        yield 'closure' => [static fn (): string => Sample::EVENT];
        yield 'array-like object' => [new ArrayObject(['a'])];
        yield 'exception' => [new Error('x')];
        yield 'object that can be text, as a PSR-7 stream' => [new class {
            public function __toString(): string
            {
                return Sample::EVENT;
            }
        }];
        yield 'object that fails to be text' => [new class {
            public function __toString(): string
            {
                throw new Error('must not be called');
            }
        }];
        yield 'resource' => [fopen('php://memory', 'r')];
        $closed = fopen('php://memory', 'r');
        fclose($closed);
        yield 'closed resource' => [$closed];
        yield 'verifier' => [new WebhookVerifier('x')];
    }

    /**
     * @dataProvider strings
     */
    public function testEveryStringIsRefusedOrAccepted(string $string): void
    {
        $calls = [
            fn () => verifyWebhook($string, Sample::sign($string), Sample::SECRET),
            fn () => verifyWebhook(Sample::EVENT, $string, Sample::SECRET),
            fn () => verifyWebhook(Sample::EVENT, Sample::sign(Sample::EVENT), $string),
            fn () => $this->verifier()->verify($string, $string),
            fn () => $this->verifier()->verifySignature($string, $string),
            fn () => new WebhookVerifier([$string]),
        ];
        foreach ($calls as $index => $call) {
            try {
                $call();
            } catch (WebhookException $error) {
                $this->assertIsSafe($error, $string);
                continue;
            }
            self::assertSame(5, $index, 'only a secret can be any string');
        }
    }

    /** @return iterable<string, array{string}> */
    public function strings(): iterable
    {
        yield 'empty' => [''];
        yield 'a space' => [' '];
        yield 'a newline at the end' => ["whsec_text\n"];
        yield 'a NUL' => ["\0"];
        yield 'NUL inside' => ["whsec_te\0xt"];
        yield 'NUL behind a good signature' => [Sample::sign(Sample::EVENT) . "\0"];
        yield 'not ASCII' => ['sécrèt_🙂'];
        yield 'not UTF-8' => ["\xff\xfe\x80"];
        yield 'a signature in upper case' => [strtoupper(Sample::sign(Sample::EVENT))];
        yield 'two signatures' => [Sample::sign(Sample::EVENT) . ', ' . Sample::sign(Sample::EVENT)];
        yield 'digits that are not ASCII' => [str_repeat('٣', 32)];
        yield 'an API key' => ['sk_live_0123456789'];
        yield 'format directives' => ['%s%n%d{}'];
    }

    /**
     * @dataProvider badOptions
     *
     * @param array<string, mixed> $options
     */
    public function testOptionsOutOfRangeOrOfAnotherTypeAreInvalid(array $options): void
    {
        $this->assertRefused('invalid_option', ConfigurationException::class, [
            fn () => new WebhookVerifier(Sample::SECRET, ...$options),
        ]);
        $this->assertRefused('invalid_secret', ConfigurationException::class, [
            fn () => new WebhookVerifier('', ...$options),
        ]);
    }

    /** @return iterable<string, array{array<string, mixed>}> */
    public function badOptions(): iterable
    {
        $bad = [
            'toleranceSeconds' => [-1, -0.5, NAN, INF, 1e300, PHP_INT_MIN, PHP_INT_MAX, 3153600001, '60', '', true, []],
            'expectLiveMode' => [0, 1, 'true', '', 1.0, [], [true]],
            'maxPayloadBytes' => [0, -1, PHP_INT_MIN, PHP_INT_MAX, 268435456, 1024.0, 0.0, '1024', '', false, true, []],
        ];
        foreach ($bad as $name => $values) {
            foreach ([...$values, new stdClass(), static fn () => 1, STDIN] as $index => $value) {
                yield "{$name} {$index}: " . get_debug_type($value) => [[$name => $value]];
            }
        }
    }

    public function testArgumentsMayBeReferences(): void
    {
        $payload = Sample::EVENT;
        $signature = Sample::sign($payload);
        $secret = Sample::SECRET;
        $limit = 1000;
        $arguments = [&$payload, &$signature, &$secret];

        self::assertSame('evt_1', call_user_func_array('Payvost\Webhooks\verifyWebhook', $arguments)['id']);
        self::assertSame('evt_1', verifyWebhook(...$arguments)['id']);
        $secrets = [&$secret];
        $options = ['maxPayloadBytes' => &$limit];
        $verifier = new WebhookVerifier($secrets, ...$options);
        self::assertSame('evt_1', $verifier->verify(...[&$payload, &$signature])['id']);
        $method = new ReflectionMethod($verifier, 'verify');
        self::assertSame('evt_1', $method->invokeArgs($verifier, [&$payload, &$signature])['id']);
        self::assertSame([Sample::EVENT, Sample::SECRET], [$payload, $secret]);
    }

    public function testWrongNumberOfArgumentsIsAnArgumentCountError(): void
    {
        $verifier = $this->verifier();
        $calls = [
            fn () => verifyWebhook(),
            fn () => verifyWebhook('', ''),
            fn () => verifyWebhook('', '', '', ''),
            fn () => sign(''),
            fn () => new WebhookVerifier(),
            fn () => new WebhookVerifier('x', null, null, null, null, null),
            fn () => new WebhookVerifier(expectLiveMode: true),
            fn () => $verifier->verify(''),
            fn () => $verifier->verifySignature('', '', ''),
        ];
        foreach ($calls as $index => $call) {
            try {
                $call();
                self::fail("call {$index} was accepted");
            } catch (Throwable $error) {
                self::assertInstanceOf(ArgumentCountError::class, $error, "call {$index}");
            }
        }
    }

    public function testMisspeltOptionIsRefused(): void
    {
        $this->expectException(Error::class);
        $this->expectExceptionMessage('tolerance');
        new WebhookVerifier(Sample::SECRET, tolerance: 60);
    }

    public function testVerifierCannotBeMadeWithoutItsConstructor(): void
    {
        $this->expectException(ReflectionException::class);
        (new ReflectionClass(WebhookVerifier::class))->newInstanceWithoutConstructor();
    }

    public function testUnserializeMakesNoVerifier(): void
    {
        foreach (['O', 'C'] as $form) {
            try {
                unserialize($form . ':32:"Payvost\Webhooks\WebhookVerifier":0:{}');
                self::fail('a verifier without a secret was made');
            } catch (\Exception $error) {
                self::assertStringContainsString('Unserialization', $error->getMessage());
            }
        }
    }

    /**
     * @param class-string<WebhookException> $class
     * @param list<callable>                 $calls
     */
    /** For tables of failed jobs, with arguments of all kinds in the stack trace. */
    public function testExceptionsCanBeSerialized(): void
    {
        self::assertSame('0', ini_get('zend.exception_ignore_args'));
        $thrown = static function (callable $call): Exception {
            try {
                $call();
            } catch (Exception $error) {
                return $error;
            }
        };
        $ofTheStore = new PDOException('the message');
        $ofTheStore->errorInfo = ['42P01', 7, 'the message'];
        $errors = [
            $thrown(static fn () => (new WebhookVerifier('s'))->verify('{"id":1}', Sample::sign('{"id":1}', 's'))),
            $thrown(static fn () => (new WebhookVerifier('s'))->verify('{', Sample::sign('{', 's'))),
            $thrown(static fn () => new WebhookVerifier('')),
            $thrown(static fn () => throw StoreException::causedBy($ofTheStore)),
        ];
        $told = ['getMessage', 'getFile', 'getLine', 'getErrorCode', 'getHint', 'getOffset', 'getPointer', 'getParameter', 'getHttpStatus', 'getHttpBody'];
        foreach ($errors as $error) {
            $read = unserialize(serialize($error));
            self::assertSame($error::class, $read::class);
            foreach (array_filter($told, static fn (string $method): bool => method_exists($error, $method)) as $method) {
                self::assertSame($error->$method(), $read->$method(), $method);
            }
        }
        self::assertSame('42P01', $read->getErrorCode());
        self::assertStringNotContainsString('the message', serialize($error));
    }

    private function assertRefused(string $code, string $class, array $calls): void
    {
        foreach ($calls as $index => $call) {
            try {
                $call();
            } catch (Throwable $error) {
                self::assertInstanceOf($class, $error, "call {$index}: {$error->getMessage()}");
                self::assertSame($code, $error->getErrorCode(), "call {$index}");
                $this->assertIsSafe($error, Sample::SECRET);
                continue;
            }
            self::fail("call {$index} was accepted");
        }
    }

    private function assertIsSafe(WebhookException $error, string $input): void
    {
        $told = $error->getMessage() . $error->getHint();
        self::assertMatchesRegularExpression('~\A[\x20-\x7e]+\z~', $told);
        if (strlen($input) > 3) {
            self::assertStringNotContainsString($input, $told);
        }
    }

    private function verifier(): WebhookVerifier
    {
        return new WebhookVerifier(Sample::SECRET);
    }
}
