<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Redis;
use RedisCluster;
use RedisClusterException;
use SensitiveParameter;
use Throwable;

/**
 * phpredis, connected to a cluster. Its time limits are those that the application has passed to it.
 *
 * @internal
 */
final class PhpRedisClusterDriver implements RedisDriver
{
    public function __construct(private RedisCluster $client)
    {
    }

    public function isCluster(): bool
    {
        return true;
    }

    public function isBusy(): bool
    {
        return $this->client->getMode() !== Redis::ATOMIC;
    }

    public function command(#[SensitiveParameter] array $command, string $key, float $timeoutSeconds): mixed
    {
        [$name, $script, $keys, $values] = [$command[0], $command[1], $command[2], array_slice($command, 3)];
        // A raw command ends PHP if no node has the slot of its key, at least in phpredis 5.3. The methods for scripts add a prefix to the keys.
        $prefix = $this->client->getOption(Redis::OPT_PREFIX);
        $this->client->setOption(Redis::OPT_PREFIX, '');
        try {
            $this->client->clearLastError();
            $reply = $name === 'EVAL' ? $this->client->eval($script, $values, $keys) : $this->client->evalSha($script, $values, $keys);
            $error = $this->client->getLastError();

            return $reply === false && $error !== null ? throw new RedisClusterException($error) : $reply;
        } finally {
            $this->client->setOption(Redis::OPT_PREFIX, (string) $prefix);
        }
    }

    public function isRefused(Throwable $error): bool
    {
        return $this->client->getLastError() !== null;
    }

    public function codes(Throwable $error): array
    {
        return [];
    }

    public function close(): void
    {
        $this->client->close();
    }
}
