<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use Payvost\Webhooks\ConfigurationException;
use Payvost\Webhooks\Stores\Claim;
use Payvost\Webhooks\Stores\RedisStore;
use Payvost\Webhooks\Tests\Support\Service;
use Payvost\Webhooks\Tests\Support\Stores;
use Payvost\Webhooks\Tests\Support\StoresTestCase;
use Predis\Client;
use RuntimeException;
use stdClass;

/** The store in Redis, by Predis. */
final class PredisTest extends StoresTestCase
{
    public function testEveryStepWorks(): void
    {
        foreach ([[], ['prefix' => 'shop:'], ['exceptions' => false]] as $number => $options) {
            $client = new Client(Stores::url('redis', $this->folder), $options);
            $store = new RedisStore($client, prefix: "{$this->name}{$number}");
            $receiver = $this->receiver($store, function (array $event, Claim $claim) use ($store): void {
                self::assertTrue($claim->extend(60));
                $claim->attempt === 1 ? throw new RuntimeException() : null;
                self::assertSame([], $store->deadLetters());
            });
            self::assertSame([500, 500], [$this->deliver($receiver, 'evt_1')->status, $this->deliver($receiver, 'evt_2')->status]);
            $key = "{$this->name}{$number}:evt_1";
            self::assertSame([$key, "{$this->name}{$number}:evt_2"], array_column($store->deadLetters(), 'key'));
            self::assertTrue($store->discard("{$this->name}{$number}:evt_2"));
            self::assertSame(200, $receiver->retry($key)->status);
            self::assertSame([null, 200, 409], [
                $receiver->retry($key),
                $this->deliver($receiver, 'evt_1')->status,
                $this->deliver($receiver, 'evt_1', ['data' => ['amount' => '1.00']])->status,
            ]);
        }
    }

    public function testOtherClientsSeeTheSameClaims(): void
    {
        $handled = $this->receiver(new RedisStore(new Client(Stores::url('redis', $this->folder)), prefix: $this->name), static fn () => null);
        $other = $this->receiver($this->store('redis'), static fn () => self::fail('handled by two'));
        self::assertSame([200, 200], [$this->deliver($handled, 'evt_ä')->status, $this->deliver($other, 'evt_ä')->status]);
        self::assertSame(['handled', 'already_handled'], $this->codes());
    }

    public function testTicketsAreTaken(): void
    {
        $store = new RedisStore(fn () => new Client(Stores::url('redis', $this->folder)), prefix: $this->name);
        $ticket = null;
        $this->deliver($this->receiver($store, function (array $event, Claim $claim) use (&$ticket): void {
            $ticket = $claim->handOver(600);
        }), 'evt_1');
        $taken = $store->take($ticket);
        self::assertSame(['claimed', 'in_progress'], [$taken->status, $store->take($ticket)->status]);
        self::assertTrue($taken->claim->complete());
        self::assertSame('done', $store->take($ticket)->status);
    }

    public function testFaultsHaveTheirCodes(): void
    {
        $client = new Client(Stores::url('redis', $this->folder));
        $client->set("{$this->name}-open", 'not a list');
        $this->refused($client, 'WRONGTYPE');
        $this->refused(new Client('tcp://127.0.0.1:1'), 'connection_refused');
        $this->refused(fn () => new stdClass(), 'UNKNOWN_CLIENT');
        $this->expectException(ConfigurationException::class);
        $this->expectExceptionMessage('client must be connected to one server');
        new RedisStore(new Client(['tcp://127.0.0.1:1', 'tcp://127.0.0.1:2'], ['cluster' => 'predis']));
    }

    public function testSilentAndRestartedServers(): void
    {
        $service = new Service('redis');
        $client = new Client($service->url);
        $client->ping();
        $store = new RedisStore($client, prefix: $this->name, timeoutSeconds: 0.2);
        $receiver = $this->receiver($store, static fn () => null);
        $service->pause();
        $began = hrtime(true);
        self::assertSame(503, $this->deliver($receiver, 'evt_1')->status);
        self::assertLessThan(5, (hrtime(true) - $began) / 1e9);
        $service->resume();
        self::assertSame('ETIMEDOUT', end($this->logger->records)[2]['error_code']);
        usleep(300_000);
        self::assertContains($this->deliver($receiver, 'evt_2')->status, [200]);
        $service->stop();
        self::assertSame(503, $this->deliver($receiver, 'evt_3')->status);
        $service->start();
        self::assertSame(200, $this->deliver($receiver, 'evt_3')->status);
    }

    /** @param Client|callable(): mixed $client */
    private function refused(Client|callable $client, string $code): void
    {
        $receiver = $this->receiver(new RedisStore($client, prefix: $this->name), static fn () => self::fail('it was called'));
        self::assertSame(503, $this->deliver($receiver, 'evt_refused')->status);
        self::assertSame($code, end($this->logger->records)[2]['error_code']);
    }
}
