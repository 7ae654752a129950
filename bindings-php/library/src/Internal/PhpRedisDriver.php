<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Payvost\Webhooks\Stores\StoreException;
use Redis;
use RedisException;
use SensitiveParameter;
use Throwable;

/**
 * phpredis, connected to one server.
 *
 * @internal
 */
final class PhpRedisDriver implements RedisDriver
{
    public function __construct(private Redis $client)
    {
    }

    public function isCluster(): bool
    {
        return false;
    }

    public function isBusy(): bool
    {
        return $this->client->getMode() !== Redis::ATOMIC;
    }

    public function command(#[SensitiveParameter] array $command, string $key, float $timeoutSeconds): mixed
    {
        // A client that uses PHP's default reports 0. To set 0 would mean not to wait at all.
        $timeout = $this->client->getOption(Redis::OPT_READ_TIMEOUT) ?: (float) ini_get('default_socket_timeout');
        $this->client->setOption(Redis::OPT_READ_TIMEOUT, $timeoutSeconds);
        try {
            $this->client->clearLastError();
            // After a lost connection the client reconnects by itself, and may then be in database 0.
            if ($this->client->getDbNum() > 0 && !$this->client->select($this->client->getDbNum())) {
                $message = 'Redis refused to select the database of the client: check its number';
                throw StoreException::misuse('NO_DATABASE', $message);
            }
            $reply = $this->client->rawCommand(...$command);
            $error = $this->client->getLastError();

            return $reply === false && $error !== null ? throw new RedisException($error) : $reply;
        } finally {
            $this->client->setOption(Redis::OPT_READ_TIMEOUT, $timeout);
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
