<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use Error;
use GuzzleHttp\Psr7\Utils;
use InvalidArgumentException;
use Payvost\Webhooks\ConfigurationException;
use Payvost\Webhooks\EventRejectedException;
use Payvost\Webhooks\Stores\ClaimRequest;
use Payvost\Webhooks\Stores\MemoryStore;
use Payvost\Webhooks\Testing;
use Payvost\Webhooks\Tests\Support\Deliveries;
use Payvost\Webhooks\Tests\Support\Logger;
use Payvost\Webhooks\Tests\Support\Sample;
use Payvost\Webhooks\WebhookReceiver;
use Payvost\Webhooks\WebhookVerifier;
use PHPUnit\Framework\TestCase;

/** The tools for merchants' tests. */
final class TestingTest extends TestCase
{
    public function testEverySampleVerifies(): void
    {
        $verifier = new WebhookVerifier(Sample::SECRET);
        foreach (Deliveries::TYPES as $type) {
            $event = Testing::sampleEvent($type);
            $request = Testing::signedRequest($event, Sample::SECRET);

            self::assertSame($type, $event['type']);
            self::assertSame($event, $verifier->verify($request->body, $request->headers['Payvost-Signature']));
            self::assertSame($request->signature, $request->headers['Payvost-Signature']);
        }
    }

    public function testOverridesAreMerged(): void
    {
        $sample = Testing::sampleEvent('payment.succeeded');
        $event = Testing::sampleEvent('payment.succeeded', [
            'id' => 'evt_mine',
            'data' => ['amount' => '12.00', 'metadata' => ['orderId' => 'order_7'], 'new' => [1, 2]],
        ]);

        self::assertSame(['evt_mine', '12.00'], [$event['id'], $event['data']['amount']]);
        self::assertSame([1, 2], $event['data']['new']);
        self::assertSame(['orderId' => 'order_7'], $event['data']['metadata']);
        self::assertSame($sample['data']['currency'], $event['data']['currency']);
        self::assertSame($sample['createdAt'], $event['createdAt']);
    }

    public function testListsAreReplaced(): void
    {
        $event = Testing::sampleEvent('user.kyc_rejected', ['data' => ['requiredActions' => ['call']]]);

        self::assertSame(['call'], $event['data']['requiredActions']);
    }

    public function testNonAsciiTextAndFloatsSurvive(): void
    {
        $data = ['name' => "Zoë / \u{1F600}", 'rate' => 1.0, 'tags' => [], 'ratio' => 0.1];
        $event = Testing::sampleEvent('user.created', ['data' => $data]);
        $request = Testing::signedRequest($event, Sample::SECRET);

        self::assertSame($event, (new WebhookVerifier(Sample::SECRET))->verify($request->body, $request->signature));
    }

    public function testEmptyDataIsAnObject(): void
    {
        $event = ['data' => [], 'previousData' => []] + Testing::sampleEvent('user.created');
        $request = Testing::signedRequest($event, Sample::SECRET);

        $verified = (new WebhookVerifier(Sample::SECRET))->verify($request->body, $request->signature);
        self::assertSame([[], []], [$verified['data'], $verified['previousData']]);
    }

    public function testBodyIsSignedUnchanged(): void
    {
        $request = Testing::signedRequest("not JSON\n", Sample::SECRET);

        self::assertSame(["not JSON\n", Sample::sign("not JSON\n")], [$request->body, $request->signature]);
    }

    public function testUndocumentedTypeHasNoSample(): void
    {
        $this->expectException(InvalidArgumentException::class);
        $this->expectExceptionMessage('there is no sample for rate.changed');
        Testing::sampleEvent('rate.changed');
    }

    public function testFreshSamplesHaveTheirOwnIdAndThePresentTime(): void
    {
        $verifier = new WebhookVerifier(Sample::SECRET, toleranceSeconds: 60);
        $ids = [];
        for ($number = 0; $number < 100; ++$number) {
            $event = Testing::sampleEvent('payment.succeeded', ['data' => ['amount' => '1.00']], fresh: true);
            $request = Testing::signedRequest($event, Sample::SECRET);
            $ids[] = $verifier->verify($request->body, $request->signature)['id'];
        }
        self::assertCount(100, array_unique($ids));
        $overridden = Testing::sampleEvent('payment.succeeded', ['id' => 'evt_mine'], fresh: true);
        self::assertSame('evt_mine', $overridden['id']);
        self::assertSame(Testing::sampleEvent('user.created'), Testing::sampleEvent('user.created'));
    }

    public function testEveryKindOfBodyIsSigned(): void
    {
        $file = fopen('php://temp', 'w+b');
        fwrite($file, Sample::EVENT);
        rewind($file);
        $read = Utils::streamFor(Sample::EVENT);
        $read->getContents();
        $event = json_decode(Sample::EVENT, true);
        foreach ([Sample::EVENT, $event, $file, $read] as $body) {
            $request = Testing::signedRequest($body, Sample::SECRET);
            self::assertSame([Sample::EVENT, Sample::sign(Sample::EVENT)], [$request->body, $request->signature]);
        }
        $this->expectException(InvalidArgumentException::class);
        $this->expectExceptionMessage('event must be an array, a string or a stream, not int');
        Testing::signedRequest(1, Sample::SECRET);
    }

    public function testClockOfAVerifierCanBeSet(): void
    {
        $now = strtotime('2025-11-01T10:00:00Z');
        $clock = static function () use (&$now): int|float {
            return $now;
        };
        $verifier = new WebhookVerifier(Sample::SECRET, toleranceSeconds: 60, clock: $clock);
        $receiver = new WebhookReceiver($verifier, static fn () => null, new Logger());
        $verdict = static function () use ($verifier): string {
            try {
                return $verifier->verify(Sample::EVENT, Sample::sign(Sample::EVENT))['id'];
            } catch (EventRejectedException $error) {
                return $error->getErrorCode();
            }
        };
        $steps = [0 => 'evt_1', 60 => 'evt_1', 61 => 'event_too_old', -60 => 'evt_1', -61 => 'event_in_future'];
        foreach ($steps as $seconds => $expected) {
            $now = strtotime('2025-11-01T10:00:00Z') + (float) $seconds;
            self::assertSame($expected, $verdict(), (string) $seconds);
            $status = $receiver->receive(Sample::EVENT, Sample::sign(Sample::EVENT))->status;
            self::assertSame($expected === 'evt_1' ? 200 : 400, $status, (string) $seconds);
        }
    }

    public function testInvalidClockIsRefused(): void
    {
        foreach (['no function', 1, []] as $clock) {
            try {
                new WebhookVerifier(Sample::SECRET, clock: $clock);
                self::fail('the clock was accepted');
            } catch (ConfigurationException $error) {
                self::assertSame('clock must be a function without parameters', $error->getMessage());
                self::assertSame('invalid_option', $error->getErrorCode());
            }
        }
        foreach ([static fn () => 'now', static fn () => -1, static fn () => throw new Error('of the clock')] as $clock) {
            $verifier = new WebhookVerifier(Sample::SECRET, toleranceSeconds: 60, clock: $clock);
            try {
                $verifier->verify(Sample::EVENT, Sample::sign(Sample::EVENT));
                self::fail('the time was accepted');
            } catch (ConfigurationException | Error $error) {
                self::assertContains($error->getMessage(), ['clock must return a Unix time in seconds', 'of the clock']);
            }
        }
    }

    public function testClockOfAMemoryStoreCanBeSet(): void
    {
        $now = 0;
        $store = new MemoryStore(leaseSeconds: 60, rememberSeconds: 6000, clock: static function () use (&$now): int {
            return $now;
        });
        $claim = static fn (string $token): string => $store->claim(new ClaimRequest('key', 'a', 'type', '', ''), $token)[0];

        self::assertSame(['claimed', 'in_progress'], [$claim('one'), $claim('two')]);
        $now += 61;
        self::assertSame(['claimed', true], [$claim('two'), $store->complete('key', 'two')]);
        $now += 5999;
        self::assertSame('done', $claim('three'));
        $now += 2;
        self::assertSame('claimed', $claim('three'));
    }
}
