<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Payvost\Webhooks\Stores\StoreException;
use SensitiveParameter;
use Throwable;

/**
 * A kind of Redis client, whatever options are set on it.
 *
 * @internal
 */
interface RedisDriver
{
    /** Whether the client is connected to a Redis Cluster. */
    public function isCluster(): bool;

    /** Whether the client is in the middle of a transaction or a pipeline. */
    public function isBusy(): bool;

    /**
     * Sends a raw command, to which the client applies no prefix and no serializer. Nil is false.
     *
     * @param list<string|int> $command
     * @param string           $key     on a cluster, the key that says which node gets it
     *
     * @throws StoreException
     * @throws Throwable of the driver
     */
    public function command(#[SensitiveParameter] array $command, string $key, float $timeoutSeconds): mixed;

    /** Whether the last error was a reply of the server. */
    public function isRefused(Throwable $error): bool;

    /**
     * @return list<string> codes that say more than the exception
     */
    public function codes(Throwable $error): array;

    /** Closes the connection. The client reconnects by itself. */
    public function close(): void;
}
