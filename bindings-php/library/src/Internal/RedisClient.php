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
 * The application's phpredis client, whatever options are set on it.
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
     * @throws ConfigurationException `invalid_option`: the client is in a transaction or pipeline
     */
    public function __construct(Redis|callable $client, private float $timeoutSeconds)
    {
        $this->client = $client instanceof Redis ? $client : null;
        $this->connect = $client instanceof Redis ? null : $client(...);
        if ($this->client !== null && $this->client->getMode() !== Redis::ATOMIC) {
            refuseOption(
                'client must not be in the middle of multi() or pipeline()',
                'Pass the store a connection of its own, or a function that opens one.'
            );
        }
    }

    /**
     * Evaluates a script by raw commands, to which the client applies no prefix and no serializer.
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
            $message = 'client is in the middle of multi() or pipeline(): pass the store a connection of its own';
            throw StoreException::misuse('IN_PIPELINE', $message);
        }
        // A client that uses PHP's default reports 0. To set 0 would mean not to wait at all.
        $timeout = $client->getOption(Redis::OPT_READ_TIMEOUT) ?: (float) ini_get('default_socket_timeout');
        $client->setOption(Redis::OPT_READ_TIMEOUT, $this->timeoutSeconds);
        try {
            $client->clearLastError();
            // After a lost connection the client reconnects by itself, and may then be in database 0.
            if ($client->getDbNum() > 0 && !$client->select($client->getDbNum())) {
                $message = 'Redis refused to select the database of the client: check its number';
                throw StoreException::misuse('NO_DATABASE', $message);
            }
            $reply = $client->rawCommand($command, $command === 'EVAL' ? $script : sha1($script), 2, ...$values);
            $error = $client->getLastError();

            return $reply === false && $error !== null ? throw new RedisException($error) : $reply;
        } finally {
            $client->setOption(Redis::OPT_READ_TIMEOUT, $timeout);
        }
    }

    /**
     * Describes a fault.
     *
     * After a timeout, phpredis leaves the connection open and would take the late reply for that of the next command, so the
     * connection is closed. A client that the application passed reconnects by itself.
     */
    public function fault(Throwable $error): Fault
    {
        $fault = Faults::of($error, [], $this->isConnecting);
        $this->isConnecting = false;
        if (!$error instanceof StoreException && $this->client?->getLastError() === null) {
            try {
                $this->client?->close();
            } catch (RedisException) {
                // It is closed already.
            }
            $this->client = $this->connect === null ? $this->client : null;
        }

        return $fault;
    }
}
