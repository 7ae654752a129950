<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Closure;
use Payvost\Webhooks\ConfigurationException;
use Payvost\Webhooks\Stores\StoreException;
use Predis\Client as Predis;
use Redis;
use RedisCluster;
use SensitiveParameter;
use Throwable;

/**
 * The application's Redis client.
 *
 * @internal
 */
final class RedisClient
{
    private const REMEDY = 'pass a client of phpredis (Redis, RedisCluster) or Predis (Predis\Client) that is connected to one server or, with the'
        . " option 'cluster' => 'redis', to a Redis Cluster, or a function that returns one";

    /** @var Closure(): (Redis|RedisCluster|Predis)|null */
    private ?Closure $connect;

    private ?RedisDriver $driver;

    private bool $isConnecting = false;

    /**
     * @param Redis|RedisCluster|Predis|callable(): (Redis|RedisCluster|Predis) $client
     *
     * @throws ConfigurationException `invalid_option`: the client cannot work, or is in a transaction or pipeline
     */
    public function __construct(Redis|RedisCluster|Predis|callable $client, private float $timeoutSeconds)
    {
        $isClient = $client instanceof Redis || $client instanceof RedisCluster || $client instanceof Predis;
        $this->connect = $isClient ? null : $client(...);
        $this->driver = $isClient
            ? self::driver($client) ?? refuseOption('client must be connected to one server or a Redis Cluster', ucfirst(self::REMEDY) . '.')
            : null;
        if ($this->driver?->isBusy()) {
            refuseOption(
                'client must not be in the middle of multi() or pipeline()',
                'Pass the store a connection of its own, or a function that opens one.'
            );
        }
    }

    /**
     * Connects, unless it is connected. Returns whether it is to a Redis Cluster.
     *
     * @throws StoreException
     * @throws Throwable of the driver
     */
    public function connect(): bool
    {
        $this->isConnecting = true;
        $this->driver ??= self::driver(($this->connect)())
            ?? throw StoreException::misuse('UNKNOWN_CLIENT', 'client returned another client: ' . self::REMEDY);
        $this->isConnecting = false;

        return $this->driver->isCluster();
    }

    /**
     * Evaluates a script, once it is connected.
     *
     * @param 'EVALSHA'|'EVAL' $command
     * @param string           $script  its SHA-1, or its text
     * @param list<string|int> $values  the two keys and the arguments
     *
     * @throws StoreException
     * @throws Throwable of the driver
     */
    public function evaluate(string $command, string $script, #[SensitiveParameter] array $values): mixed
    {
        if ($this->driver->isBusy()) {
            $message = 'client is in the middle of multi() or pipeline(): pass the store a connection of its own';
            throw StoreException::misuse('IN_PIPELINE', $message);
        }

        return $this->driver->command([$command, $script, 2, ...$values], $values[0], $this->timeoutSeconds);
    }

    /**
     * Describes a fault.
     *
     * After a timeout, a client may leave the connection open and would take the late reply for that of the next command, so the
     * connection is closed. A client that the application passed reconnects by itself.
     */
    public function fault(Throwable $error): Fault
    {
        $fault = Faults::of($error, $this->driver?->codes($error) ?? [], $this->isConnecting);
        $this->isConnecting = false;
        if ($this->driver !== null && !$error instanceof StoreException && !$this->driver->isRefused($error)) {
            try {
                $this->driver->close();
            } catch (Throwable) {
                // It is closed already.
            }
            $this->driver = $this->connect === null ? $this->driver : null;
        }

        return $fault;
    }

    private static function driver(mixed $client): ?RedisDriver
    {
        return match (true) {
            $client instanceof Redis => new PhpRedisDriver($client),
            $client instanceof RedisCluster => new PhpRedisClusterDriver($client),
            $client instanceof Predis && PredisDriver::takes($client) => new PredisDriver($client),
            default => null,
        };
    }
}
