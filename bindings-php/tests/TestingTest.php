<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use InvalidArgumentException;
use Payvost\Webhooks\Testing;
use Payvost\Webhooks\Tests\Support\Deliveries;
use Payvost\Webhooks\Tests\Support\Sample;
use Payvost\Webhooks\WebhookVerifier;
use PHPUnit\Framework\TestCase;

/** The tools for merchants' own tests. */
final class TestingTest extends TestCase
{
    public function testEverySampleIsVerifiedAsItIs(): void
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

    public function testWhatIsNotAsciiOrAFloatSurvives(): void
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

    public function testBodyIsSignedAsItIs(): void
    {
        $request = Testing::signedRequest("not JSON\n", Sample::SECRET);

        self::assertSame(["not JSON\n", Sample::sign("not JSON\n")], [$request->body, $request->signature]);
    }

    public function testTypeThatIsNotDocumentedHasNoSample(): void
    {
        $this->expectException(InvalidArgumentException::class);
        $this->expectExceptionMessage('there is no sample for rate.changed');
        Testing::sampleEvent('rate.changed');
    }
}
