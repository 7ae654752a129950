<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use Closure;
use LogicException;
use Payvost\Webhooks\ClaimPolicy;
use Payvost\Webhooks\ConfigurationException;
use Payvost\Webhooks\Internal\Unfinished;
use Payvost\Webhooks\Stores\Claim;
use Payvost\Webhooks\Stores\ClaimRequest;
use Payvost\Webhooks\Stores\LeaseStore;
use Payvost\Webhooks\Stores\MemoryStore;
use Payvost\Webhooks\Stores\PdoStore;
use Payvost\Webhooks\Stores\RedisStore;
use Payvost\Webhooks\Stores\StoreException;
use Payvost\Webhooks\Testing;
use Payvost\Webhooks\Tests\Support\Sample;
use Payvost\Webhooks\Tests\Support\CustomStore;
use Payvost\Webhooks\Tests\Support\StoresTestCase;
use Payvost\Webhooks\WebhookReceiver;
use Payvost\Webhooks\WebhookRouter;
use Payvost\Webhooks\WebhookVerifier;
use ReflectionMethod;
use RuntimeException;

/** A receiver with each store. */
final class StoresTest extends StoresTestCase
{
    /** @return array<string, array{string}> without SQLite's inbox, where the second worker waits for the first */
    public function storesWithManyWriters(): array
    {
        return array_diff_key($this->stores(), ['inbox+sqlite' => true]);
    }

    /** @dataProvider stores */
    public function testEventIsHandledOnce(string $name): void
    {
        $handled = [];
        $receiver = $this->receiver($this->store($name), function (array $event, Claim $claim) use (&$handled): void {
            $handled[] = [$event['id'], $claim->key, $claim->attempt, strlen($claim->token)];
        });
        $first = $this->deliver($receiver, 'evt_1');
        $again = $this->deliver($receiver, 'evt_1');
        $other = $this->deliver($receiver, 'evt_2');

        self::assertSame([200, 200, 200], [$first->status, $again->status, $other->status]);
        self::assertSame('{"received":true}', $again->body);
        self::assertSame(['handled', 'already_handled', 'handled'], $this->codes());
        self::assertSame([['evt_1', "{$this->name}:evt_1", 1, 32], ['evt_2', "{$this->name}:evt_2", 1, 32]], $handled);
        self::assertSame('webhook event already handled: payment.succeeded evt_1', $this->logger->records[1][1]);
    }

    /** @dataProvider stores */
    public function testTestEventDoesNotHideALiveOne(string $name): void
    {
        $receiver = $this->receiver($this->store($name), static fn () => null);
        $this->deliver($receiver, 'evt_1', ['liveMode' => false]);
        $this->deliver($receiver, 'evt_1', ['liveMode' => true]);

        self::assertSame(['handled', 'handled'], $this->codes());
    }

    /** @dataProvider stores */
    public function testAnotherBodyWithTheSameIdIsAConflict(string $name): void
    {
        $calls = 0;
        $receiver = $this->receiver($this->store($name), function () use (&$calls): void {
            ++$calls;
        });
        $this->deliver($receiver, 'evt_1');
        $response = $this->deliver($receiver, 'evt_1', ['data' => ['amount' => '1.00']]);

        self::assertSame([409, 'event_conflict', 1], [$response->status, self::code($response), $calls]);
        [$level, , $context] = end($this->logger->records);
        self::assertSame(['error', 'evt_1'], [$level, $context['event_id']]);
    }

    /** @dataProvider storesWithManyWriters */
    public function testDuplicateDuringHandlingIsToldWhenToRetry(string $name): void
    {
        $store = $this->store($name, ['leaseSeconds' => 30]);
        $second = null;
        $receiver = $this->receiver($store, function () use (&$second, $store, $name): void {
            // Workers share the memory store; otherwise each has its own store object.
            $other = $name === 'memory' ? $store : $this->store($name, ['leaseSeconds' => 30], false);
            $second = $this->deliver($this->receiver($other, fn () => self::fail('handled by two')), 'evt_1');
        });
        self::assertSame(200, $this->deliver($receiver, 'evt_1')->status);
        self::assertSame([409, 'in_progress'], [$second->status, self::code($second)]);
        $isInbox = str_starts_with($name, 'inbox+');
        $seconds = (int) $second->headers['Retry-After'];
        self::assertTrue($isInbox ? $seconds === 1 : $seconds > 1 && $seconds <= 30, (string) $seconds);
        self::assertSame(['in_progress', 'handled'], $this->codes());
    }

    /** @dataProvider stores */
    public function testFailedHandlerReleasesTheEvent(string $name): void
    {
        $attempts = [];
        $receiver = $this->receiver($store = $this->store($name), function (array $event, Claim $claim) use (&$attempts) {
            $attempts[] = $claim->attempt;
            if (count($attempts) < 3) {
                throw new RuntimeException('the message is not kept');
            }
        });
        self::assertSame(500, $this->deliver($receiver, 'evt_1')->status);
        self::assertSame(500, $this->deliver($receiver, 'evt_1')->status);
        [$letter] = $store->deadLetters();
        self::assertSame(
            ["{$this->name}:evt_1", 'payment.succeeded', 'failed', 2, 'RuntimeException'],
            [$letter['key'], $letter['eventType'], $letter['reason'], $letter['attempts'], $letter['error']]
        );
        self::assertEqualsWithDelta(0, $letter['ageSeconds'], 20);

        self::assertSame(200, $this->deliver($receiver, 'evt_1')->status);
        self::assertSame(200, $this->deliver($receiver, 'evt_1')->status);
        self::assertSame([1, 2, 3], $attempts);
        self::assertSame(['handler_failed', 'handler_failed', 'handled', 'already_handled'], $this->codes());
        self::assertSame([], $store->deadLetters());
        self::assertNull($store->delivery("{$this->name}:evt_1"));
    }

    /** @dataProvider stores */
    public function testDeadLetterIsRetried(string $name): void
    {
        $store = $this->store($name);
        $isBroken = true;
        $seen = [];
        $receiver = $this->receiver($store, function (array $event) use (&$isBroken, &$seen): void {
            $isBroken ? throw new RuntimeException() : $seen[] = $event['data']['note'];
        }, new WebhookVerifier(Sample::SECRET, toleranceSeconds: 3600));
        // Bytes that a database could change, because they are verified again.
        $note = "na\u{ef}ve \u{1F4B8} \\ ' \" %s ? :key \u{2028}";
        $this->deliver($receiver, 'evt_1', ['createdAt' => gmdate('Y-m-d\TH:i:s\Z', time() - 100), 'data' => ['note' => $note]]);
        $key = $store->deadLetters()[0]['key'];
        // It is now older than the tolerance.
        $receiver = $this->receiver($store, function (array $event) use (&$isBroken, &$seen): void {
            $isBroken ? throw new RuntimeException() : $seen[] = $event['data']['note'];
        }, new WebhookVerifier(Sample::SECRET, toleranceSeconds: 0));

        self::assertSame(500, $receiver->retry($key)->status);
        $isBroken = false;
        self::assertSame(200, $receiver->retry($key)->status);
        self::assertSame([$note], $seen);
        self::assertNull($receiver->retry($key), 'handled deliveries are not kept');
        self::assertNull($receiver->retry('unknown'));
        self::assertSame(['handler_failed', 'handler_failed', 'handled'], $this->codes());

        $isBroken = true;
        $this->deliver($this->receiver($store, fn () => throw new RuntimeException()), 'evt_2');
        $retired = $this->receiver($store, fn () => self::fail('handled'), new WebhookVerifier('whsec_another'));
        self::assertSame('signature_mismatch', self::code($retired->retry("{$this->name}:evt_2")));
    }

    /** @dataProvider stores */
    public function testDeliveriesAreKeptOnlyIfWanted(string $name): void
    {
        $store = $this->store($name, ['keepDeliveries' => false]);
        $receiver = $this->receiver($store, fn () => throw new RuntimeException());
        $this->deliver($receiver, 'evt_1');

        self::assertSame('failed', $store->deadLetters()[0]['reason']);
        self::assertNull($store->delivery("{$this->name}:evt_1"));
        self::assertNull($receiver->retry("{$this->name}:evt_1"));
    }

    /** @dataProvider leases */
    public function testLateWorkerCanNeitherCompleteNorRelease(string $name): void
    {
        $store = $this->store($name, ['leaseSeconds' => 1]);
        $inTime = $this->receiver($store, static fn () => null);
        $late = function (bool $fails) use ($store, $inTime): Closure {
            return function (array $event, Claim $claim) use ($inTime, $fails): void {
                usleep(1_050_000);
                $response = $this->deliver($inTime, $event['id']);
                self::assertSame([200, 'handled'], [$response->status, end($this->results)->code]);
                self::assertFalse($claim->extend());
                $fails ? throw new RuntimeException() : null;
            };
        };
        $lost = $this->deliver($this->receiver($store, $late(false)), 'evt_1');
        self::assertSame([200, 'claim_lost'], [$lost->status, end($this->results)->code]);
        [$level, $message, $context] = end($this->logger->records);
        self::assertSame(['warning', 'evt_1'], [$level, $context['event_id']]);
        self::assertStringStartsWith('webhook event handled, but its claim was lost', $message);

        $failed = $this->deliver($this->receiver($store, $late(true)), 'evt_2');
        self::assertSame([500, 'handler_failed'], [$failed->status, end($this->results)->code]);
        self::assertSame('claim_lost', end($this->logger->records)[2]['release']);
        foreach (['evt_1', 'evt_2'] as $id) {
            $this->deliver($inTime, $id);
            self::assertSame('already_handled', end($this->results)->code);
        }
    }

    /** @dataProvider leases */
    public function testSlowHandlerExtendsItsClaim(string $name): void
    {
        $store = $this->store($name, ['leaseSeconds' => 1]);
        $receiver = $this->receiver($store, function (array $event, Claim $claim) use ($store): void {
            self::assertTrue($claim->extend(60));
            usleep(1_050_000);
            $this->deliver($this->receiver($store, fn () => self::fail('handled by two')), $event['id']);
        });

        self::assertSame(200, $this->deliver($receiver, 'evt_1')->status);
        self::assertSame(['in_progress', 'handled'], $this->codes());
    }

    /** @dataProvider leases */
    public function testEventIsHandedOverToAQueue(string $name): void
    {
        $store = $this->store($name);
        $queue = [];
        $receiver = $this->receiver($store, function (array $event, Claim $claim) use (&$queue): void {
            $queue[] = json_encode(['event' => $event, 'ticket' => $claim->handOver(leaseSeconds: 600)]);
        });
        $response = $this->deliver($receiver, 'evt_1');
        self::assertSame([200, '{"received":true}'], [$response->status, $response->body]);
        $response = $this->deliver($receiver, 'evt_1');
        self::assertSame(409, $response->status);
        self::assertEqualsWithDelta(600, (int) $response->headers['Retry-After'], 30);

        $claim = $store->take(json_decode($queue[0], true)['ticket'])->claim;
        self::assertTrue($claim->extend());
        self::assertTrue($claim->release(new RuntimeException()));
        self::assertFalse($claim->complete());
        self::assertSame('RuntimeException', $store->deadLetters()[0]['error']);
        self::assertSame(200, $this->deliver($receiver, 'evt_1')->status);
        self::assertTrue($store->take(json_decode($queue[1], true)['ticket'])->claim->complete());
        $this->deliver($receiver, 'evt_1');

        self::assertSame(['handed_over', 'in_progress', 'handed_over', 'already_handled'], $this->codes());
    }

    /** @dataProvider leases */
    public function testTicketIsTakenByOneWorkerAtATime(string $name): void
    {
        $store = $this->store($name, ['leaseSeconds' => 30]);
        $ticket = [];
        $receiver = $this->receiver($store, function (array $event, Claim $claim) use (&$ticket): void {
            $ticket = $claim->handOver();
        });
        $this->deliver($receiver, 'evt_1');

        $first = $store->take($ticket);
        self::assertSame(['claimed', 1], [$first->status, $first->claim->attempt]);
        try {
            $first->claim->handOver();
            self::fail('a ticket was handed over again');
        } catch (StoreException $exception) {
            self::assertStringContainsString('put the job back', $exception->getMessage());
        }
        $second = $store->take($ticket);
        self::assertSame(['in_progress', null], [$second->status, $second->claim]);
        self::assertEqualsWithDelta(30, $second->waitSeconds, 5);
        $byTicket = new Claim($store, $ticket['key'], $ticket['token']);
        self::assertSame([false, false], [$byTicket->extend(), $byTicket->complete()], 'only the worker that took the ticket has the claim');

        self::assertTrue($first->claim->release('Timeout'));
        $third = $store->take($ticket);
        self::assertSame(['claimed', 2], [$third->status, $third->claim->attempt]);
        self::assertFalse($first->claim->complete());
        self::assertTrue($third->claim->complete());
        self::assertSame('done', $store->take($ticket)->status);
        self::assertSame('lost', $store->take(['key' => "{$this->name}:evt_2"] + $ticket)->status);
    }

    /** @dataProvider leases */
    public function testTicketIsLostToALaterDelivery(string $name): void
    {
        $store = $this->store($name);
        $tickets = [];
        $receiver = $this->receiver($store, function (array $event, Claim $claim) use (&$tickets): void {
            $tickets[] = $claim->handOver();
        });
        $this->deliver($receiver, 'evt_1');
        $store->take($tickets[0])->claim->release('Timeout');
        $this->deliver($receiver, 'evt_1');

        self::assertSame(['lost', 'claimed'], array_map(static fn (array $ticket) => $store->take($ticket)->status, $tickets));
    }

    /** @dataProvider stores */
    public function testDeadLetterIsDiscarded(string $name): void
    {
        $store = $this->store($name);
        $receiver = $this->receiver($store, static fn () => throw new RuntimeException());
        $this->deliver($receiver, 'evt_1');
        $key = $store->deadLetters()[0]['key'];

        self::assertSame([true, false], [$store->discard($key), $store->discard($key)]);
        self::assertSame([[], null], [$store->deadLetters(), $store->delivery($key)]);
        self::assertSame(200, $this->deliver($receiver, 'evt_1')->status);
        self::assertSame(['handler_failed', 'already_handled'], $this->codes());
        self::assertFalse($store->discard("{$this->name}:evt_2"));
    }

    /** @dataProvider leases */
    public function testHandlerThatFailsAfterHandingOverReleasesTheEvent(string $name): void
    {
        $receiver = $this->receiver($this->store($name), function (array $event, Claim $claim): void {
            $claim->handOver();
            if ($claim->attempt === 1) {
                throw new RuntimeException('the queue is full');
            }
        });

        self::assertSame(500, $this->deliver($receiver, 'evt_1')->status);
        self::assertSame(200, $this->deliver($receiver, 'evt_1')->status);
        self::assertSame(['handler_failed', 'handed_over'], $this->codes());
    }

    /** @dataProvider inboxes */
    public function testInboxHandsNothingOver(string $name): void
    {
        $store = $this->store($name);
        $receiver = $this->receiver($store, fn (array $event, Claim $claim) => $claim->handOver());

        self::assertSame(500, $this->deliver($receiver, 'evt_1')->status);
        self::assertInstanceOf(StoreException::class, $this->logger->records[0][2]['exception']);
        self::assertNotInstanceOf(LeaseStore::class, $store);
    }

    /** @dataProvider stores */
    public function testEventWithoutAHandlerIsNotClaimed(string $name): void
    {
        $store = $this->store($name);
        $router = (new WebhookRouter())->on('payment.*', static fn () => null);
        $receiver = new WebhookReceiver(Sample::SECRET, $router, $this->logger, $this->remember(...), $store);
        $this->deliver($receiver, 'evt_1', ['type' => 'rate.changed']);
        $this->deliver($receiver, 'evt_1');

        self::assertSame(['unhandled', 'handled'], $this->codes());
    }

    /** @dataProvider stores */
    public function testRefusedDeliveryIsNotClaimed(string $name): void
    {
        $receiver = $this->receiver($this->store($name), static fn () => null);
        $event = Testing::signedRequest(Testing::sampleEvent('payment.succeeded', ['id' => 'evt_1']), 'whsec_another');
        $receiver->receive($event->body, $event->signature);
        $this->deliver($receiver, 'evt_1');

        self::assertSame(['signature_mismatch', 'handled'], $this->codes());
    }

    /** @dataProvider stores */
    public function testIdsAreNotChanged(string $name): void
    {
        $receiver = $this->receiver($this->store($name), static fn () => null);
        $ids = [
            'evt_a', 'EVT_A', 'evt_a ', "evt_\u{e4}", "evt_a\u{308}", "evt_\u{1F4B8}", "'; DROP", '%', '?',
            str_repeat("\u{20ac}", 85),
        ];
        foreach ($ids as $id) {
            $this->deliver($receiver, $id);
            self::assertSame('handled', end($this->results)->code, $id);
            $this->deliver($receiver, $id);
            self::assertSame('already_handled', end($this->results)->code, $id);
        }
    }

    public function testHandlerGetsNullForARequiredClaimWithoutAStore(): void
    {
        $calls = [];
        $handlers = [
            function (array $event, ?Claim $claim) use (&$calls): void {
                $calls[] = $claim;
            },
            // As in existing applications.
            function (array $event, bool $isDryRun = false) use (&$calls): void {
                $calls[] = $isDryRun;
            },
        ];
        foreach ($handlers as $handler) {
            $receiver = new WebhookReceiver(Sample::SECRET, $handler, $this->logger);
            self::assertSame(200, $this->deliver($receiver, 'evt_1')->status);
            (new WebhookRouter())->on('*', $handler)->dispatch(['type' => 'a']);
        }
        self::assertSame([null, null, false, false], $calls);
    }

    public function testOptionsAreCheckedByTheCore(): void
    {
        $wrong = [
            ['leaseSeconds' => 0.5], ['leaseSeconds' => 86_401], ['rememberSeconds' => 5_764], ['prefix' => 'a b'],
            ['prefix' => ''], ['capacity' => 0],
        ];
        foreach ($wrong as $options) {
            try {
                new MemoryStore(...$options);
                self::fail(json_encode($options));
            } catch (ConfigurationException $error) {
                self::assertSame('invalid_option', $error->getErrorCode());
            }
        }
        foreach ([0, -1.5, NAN, INF] as $timeout) {
            foreach ([PdoStore::class, RedisStore::class] as $class) {
                try {
                    new $class(fn () => self::fail('connected'), timeoutSeconds: $timeout);
                    self::fail("{$class} {$timeout}");
                } catch (ConfigurationException $error) {
                    self::assertStringStartsWith('timeoutSeconds must be', $error->getMessage());
                }
            }
        }
        foreach (['a b', '', 'a;b', '1'] as $table) {
            try {
                new PdoStore(fn () => self::fail('connected'), table: $table);
                self::fail($table);
            } catch (ConfigurationException $error) {
                self::assertSame('invalid_option', $error->getErrorCode());
            }
        }
        $policy = new ClaimPolicy(leaseSeconds: 1.5, prefix: 'shop');
        self::assertSame([1500, 60_000, 86_400_000], [
            $policy->leaseMilliseconds(), $policy->leaseMilliseconds(60), $policy->rememberMilliseconds(),
        ]);
        self::assertSame('shop-open', $policy->openKey());
    }

    public function testReceiverWithoutAStoreHasNothingToRetry(): void
    {
        $this->expectException(LogicException::class);
        (new WebhookReceiver(Sample::SECRET, static fn () => null))->retry('webhook:evt_1');
    }

    public function testStoreThatThrowsOrReturnsNonsenseGets503(): void
    {
        $replies = [
            fn () => throw new RuntimeException('host=10.0.0.1 password=secret'), fn () => ['OK', 1], fn () => ['claimed', -1],
            fn () => ['claimed', 'x'], fn () => [], fn () => ['a', 'b', 'c'], fn () => ['full', 0],
        ];
        foreach ($replies as $reply) {
            $receiver = $this->receiver(new CustomStore($reply), fn () => self::fail('handled without a claim'));
            $response = $this->deliver($receiver, 'evt_1');

            self::assertSame([503, 'store_unavailable'], [$response->status, self::code($response)]);
            [$level, , $context] = array_pop($this->logger->records);
            self::assertSame(['error', 'evt_1'], [$level, $context['event_id']]);
            self::assertStringNotContainsString('secret', json_encode($context));
        }
    }

    public function testMemoryStoreThatIsFullIsUnavailable(): void
    {
        $store = new MemoryStore(capacity: 1);
        $inner = null;
        $receiver = $this->receiver($store, function () use (&$inner, $store): void {
            $inner = $this->deliver($this->receiver($store, fn () => self::fail('handled without a claim')), 'evt_2');
        });
        self::assertSame(200, $this->deliver($receiver, 'evt_1')->status);
        self::assertSame([503, 'store_unavailable'], [$inner->status, self::code($inner)]);
        self::assertSame('STORE_FULL', $this->logger->records[0][2]['error_code']);
    }

    /** @dataProvider stores */
    public function testEventOfAnotherEndpointIsNotRetried(string $name): void
    {
        $store = $this->store($name);
        $this->deliver($this->receiver($store, fn () => throw new RuntimeException()), 'evt_1');
        // A memory store's claims belong to its object.
        $other = $name === 'memory'
            ? new CustomStore(fn () => self::fail('claimed'), $store->delivery("{$this->name}:evt_1"))
            : $this->store($name, ['prefix' => "{$this->name}other"], false);
        $receiver = $this->receiver($other, fn () => self::fail('handled'));
        $response = $receiver->retry("{$this->name}:evt_1");

        self::assertSame([404, 'other_endpoint'], [$response->status, self::code($response)]);
        self::assertSame(1, $store->deadLetters()[0]['attempts']);
    }

    public function testForkedChildDoesNotReleaseItsParentsClaim(): void
    {
        $store = $this->store('redis');
        $receiver = $this->receiver($store, function (array $event, Claim $claim): void {
            $pid = pcntl_fork();
            if ($pid === 0) {
                // The shutdown of an ordinary script, without that of PHPUnit.
                $end = new ReflectionMethod(Unfinished::class, 'end');
                $end->invoke(null);
                posix_kill(getmypid(), SIGKILL);
            }
            pcntl_waitpid($pid, $status);
        });

        self::assertSame(200, $this->deliver($receiver, 'evt_1')->status);
        self::assertSame(['handled'], $this->codes());
    }

    /**
     * @testWith ["throws"]
     *           ["returns"]
     */
    public function testForkedChildThatLeavesTheHandlerEndsNothing(string $end): void
    {
        $test = getmypid();
        $store = $this->store('sqlite');
        $held = null;
        $receiver = $this->receiver($store, function (array $event, Claim $claim) use ($end, $store, &$held): void {
            $pid = pcntl_fork();
            if ($pid === 0) {
                $end === 'returns' ?: throw new RuntimeException();

                return;
            }
            pcntl_waitpid($pid, $status);
            $held = $store->delivery($claim->key) !== null && $store->deadLetters() === [];
        });
        try {
            $response = $this->deliver($receiver, 'evt_1');
        } finally {
            // Without the shutdown of PHPUnit.
            getmypid() === $test ?: posix_kill(getmypid(), SIGKILL);
        }

        self::assertSame([200, true, ['handled']], [$response->status, $held, $this->codes()]);
    }

    public function testOneRecordIsLoggedPerDelivery(): void
    {
        $replies = ['claimed' => 1, 'in_progress' => 500, 'done' => 0, 'conflict' => 0, 'parked' => 0];
        foreach ($replies as $word => $number) {
            $this->logger->records = [];
            $store = new CustomStore(static fn (): array => [$word, $number]);
            $this->deliver($this->receiver($store, static fn () => throw new RuntimeException()), 'evt_1');
            self::assertCount(1, $this->logger->records, $word);
        }
    }

    public function testMemoryStaysBoundedThroughAMillionEvents(): void
    {
        $store = new MemoryStore(capacity: 1_000);
        $receiver = new WebhookReceiver(Sample::SECRET, static fn () => null, store: $store);
        $deliver = static function (int $number) use ($receiver): void {
            $body = str_replace('evt_1', "evt_{$number}", Sample::EVENT);
            $receiver->receive($body, Sample::sign($body))->status === 200 ?: self::fail();
        };
        $handle = static function (int $number) use ($store): void {
            $store->claim(new ClaimRequest("e{$number}", 'a', 'payment.succeeded', Sample::EVENT, 'aa'), 'token');
            $number % 2 === 0 ? $store->complete("e{$number}", 'token') : $store->release("e{$number}", 'token', 'Error');
        };
        for ($number = 0; $number < 10_000; ++$number) {
            $deliver($number);
            $handle($number);
        }
        [$ours, $all] = [memory_get_usage(), self::residentBytes()];
        for (; $number < 1_000_000; ++$number) {
            $number % 10 === 0 ? $deliver($number) : $handle($number);
        }
        self::assertCount(1_000, $store);
        self::assertLessThan(1 << 20, memory_get_usage() - $ours);
        self::assertLessThan(16 << 20, self::residentBytes() - $all);
    }

    private static function residentBytes(): int
    {
        preg_match('~^VmRSS:\s+(\d+) kB$~m', (string) file_get_contents('/proc/self/status'), $match);

        return 1024 * (int) $match[1];
    }
}
