<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Closure;
use Payvost\Webhooks\ConfigurationException;
use Payvost\Webhooks\Stores\StoreException;
use Redis;
use RedisException;
use SensitiveParameter;
use Throwable;

/**
 * The user's phpredis, whatever is set there.
 *
 * @internal
 */
final class RedisClient
{
    /** @var Closure(): Redis|null */
    private ?Closure $connect;

    private ?Redis $client;

    private bool $isConnecting = false;

    /**
     * @param Redis|callable(): Redis $client
     *
     * @throws ConfigurationException `invalid_option`: the client cannot work
     */
    public function __construct(Redis|callable $client, private float $timeoutSeconds)
    {
        $this->client = $client instanceof Redis ? $client : null;
        $this->connect = $client instanceof Redis ? null : $client(...);
        if ($this->client !== null && $this->client->getMode() !== Redis::ATOMIC) {
            refuseOption(
                'client is in the middle of multi() or pipeline()',
                'Give the store a connection of its own, or a function that opens one.'
            );
        }
    }

    /**
     * Evaluates a script by raw commands, which have neither prefix nor serialiser.
     *
     * @param 'EVALSHA'|'EVAL' $command
     * @param list<string|int> $values  the two keys and the arguments
     *
     * @throws StoreException
     * @throws RedisException
     */
    public function evaluate(string $command, string $script, #[SensitiveParameter] array $values): mixed
    {
        $this->isConnecting = true;
        $client = $this->client ??= ($this->connect)();
        $this->isConnecting = false;
        if ($client->getMode() !== Redis::ATOMIC) {
            $message = 'the client is in the middle of multi() or pipeline(): give the store a connection of its own';
            throw StoreException::misuse('IN_PIPELINE', $message);
        }
        // 0 is what a client has that leaves it to PHP; to set it would mean not to wait at all.
        $timeout = $client->getOption(Redis::OPT_READ_TIMEOUT) ?: (float) ini_get('default_socket_timeout');
        $client->setOption(Redis::OPT_READ_TIMEOUT, $this->timeoutSeconds);
        try {
            $client->clearLastError();
            // A client that has lost its connection connects again by itself, and may be in database 0 then.
            if ($client->getDbNum() > 0 && !$client->select($client->getDbNum())) {
                throw StoreException::misuse('NO_DATABASE', 'Redis does not select the database of the client');
            }
            $reply = $client->rawCommand($command, $command === 'EVAL' ? $script : sha1($script), 2, ...$values);
            $error = $client->getLastError();

            return $reply === false && $error !== null ? throw new RedisException($error) : $reply;
        } finally {
            $client->setOption(Redis::OPT_READ_TIMEOUT, $timeout);
        }
    }

    /**
     * Names a fault.
     *
     * After a time-out phpredis leaves the connection open, and would take the answer that comes after all for that of the
     * next command: it is closed. A client that was given connects again by itself.
     */
    public function fault(Throwable $error): Fault
    {
        $fault = Faults::of($error, [], $this->isConnecting);
        $this->isConnecting = false;
        if (!$error instanceof StoreException && $this->client?->getLastError() === null) {
            try {
                $this->client?->close();
            } catch (RedisException) {
                // It is closed.
            }
            $this->client = $this->connect === null ? $this->client : null;
        }

        return $fault;
    }
}
