<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Predis\Client;
use Predis\Command\RawCommand;
use Predis\Connection\Aggregate\RedisCluster;
use Predis\Connection\ConnectionException;
use Predis\Connection\NodeConnectionInterface;
use Predis\Response\ServerException;
use SensitiveParameter;
use Throwable;

/**
 * Predis, connected to one server or to a cluster.
 *
 * @internal
 */
final class PredisDriver implements RedisDriver
{
    private bool $hasTimedOut = false;

    public function __construct(private Client $client)
    {
    }

    public static function takes(Client $client): bool
    {
        return $client->getConnection() instanceof NodeConnectionInterface || self::isOnCluster($client);
    }

    public function isCluster(): bool
    {
        return self::isOnCluster($this->client);
    }

    public function isBusy(): bool
    {
        // Predis has objects of their own for transactions and pipelines.
        return false;
    }

    public function command(#[SensitiveParameter] array $command, string $key, float $timeoutSeconds): mixed
    {
        $connection = $this->client->getConnection();
        if ($connection instanceof RedisCluster) {
            // The node that has the key.
            $connection = $connection->getConnection(new RawCommand(['GET', $key]));
        }
        $this->hasTimedOut = false;
        // Connects.
        $stream = $connection->getResource();
        is_resource($stream) && self::limit($stream, $timeoutSeconds);
        try {
            $began = hrtime(true);
            $reply = $this->client->executeRaw($command, $isError);
        } finally {
            // After a failure, Predis has closed the stream, which would know.
            $this->hasTimedOut = !is_resource($stream) && (hrtime(true) - $began) / 1e9 >= $timeoutSeconds;
            if (is_resource($stream)) {
                $usual = $connection->getParameters()->read_write_timeout ?? ini_get('default_socket_timeout');
                self::limit($stream, (float) $usual);
            }
        }

        return $isError ? throw new ServerException((string) $reply) : self::withoutNull($reply);
    }

    public function isRefused(Throwable $error): bool
    {
        return $error instanceof ServerException;
    }

    public function codes(Throwable $error): array
    {
        return match (true) {
            // The first word is the code.
            $error instanceof ServerException => [(string) strtok($error->getMessage(), ' ')],
            $this->hasTimedOut => ['ETIMEDOUT'],
            $error instanceof ConnectionException && $error->getCode() === 0 => ['ECONNRESET'],
            default => [],
        };
    }

    public function close(): void
    {
        $this->client->disconnect();
    }

    /** With the option `cluster` set to `redis`: the other kind spreads the keys over servers that know nothing of each other. */
    private static function isOnCluster(Client $client): bool
    {
        return $client->getConnection() instanceof RedisCluster;
    }

    /** @param resource $stream */
    private static function limit($stream, float $seconds): void
    {
        // A negative time means to wait for ever.
        $whole = $seconds < 0 ? -1 : (int) $seconds;
        stream_set_timeout($stream, $whole, $whole < 0 ? 0 : (int) (($seconds - $whole) * 1_000_000));
    }

    /** phpredis returns false for nil. */
    private static function withoutNull(#[SensitiveParameter] mixed $reply): mixed
    {
        return is_array($reply) ? array_map(self::withoutNull(...), $reply) : $reply ?? false;
    }
}
