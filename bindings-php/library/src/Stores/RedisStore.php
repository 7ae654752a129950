<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Stores;

use Closure;
use Payvost\Webhooks\ConfigurationException;
use Payvost\Webhooks\Internal\ClaimStore;
use Redis;
use SensitiveParameter;
use Throwable;

use function Payvost\Webhooks\Internal\redisScripts;

/**
 * Claims in Redis, by phpredis.
 *
 * What the client sets for its own values (`OPT_PREFIX`, `OPT_SERIALIZER`, `OPT_COMPRESSION`) does not touch the claims:
 * their keys and values are the same for every worker in every language.
 */
final class RedisStore extends ClaimStore
{
    /** @var Closure(): Redis|null */
    private ?Closure $connect;

    private ?Redis $client;

    /** @var array<string, string> */
    private array $scripts;

    /**
     * @param Redis|callable(): Redis $client a connected client, or better what connects one: it is called when a
     *     delivery comes, so that a server that cannot be reached is answered with 503; and again after a failure
     * @param int|float|null $leaseSeconds how long a claim holds: 1 s to 24 h. null: 60 s
     * @param int|float|null $rememberSeconds for how long an event is remembered: 5765 s to ten years. null: 24 h
     * @param string|null $prefix what the keys begin with. null: `webhook`
     * @param bool $keepDeliveries keep the body and the signature of an event until it is handled, so that it can be
     *     handled again: customer data at rest
     * @param float $timeoutSeconds how long a step may wait for the server's answer. What limits the time to connect is
     *     the third argument of `Redis::connect()`
     *
     * @throws ConfigurationException `invalid_option`
     */
    public function __construct(
        Redis|callable $client,
        int|float|null $leaseSeconds = null,
        int|float|null $rememberSeconds = null,
        ?string $prefix = null,
        bool $keepDeliveries = true,
        private float $timeoutSeconds = 2.0
    ) {
        parent::__construct($leaseSeconds, $rememberSeconds, $prefix, $keepDeliveries);
        $this->client = $client instanceof Redis ? $client : null;
        $this->connect = $client instanceof Redis ? null : $client(...);
        $this->scripts = array_column(redisScripts(), 1, 0);
    }

    public function claim(#[SensitiveParameter] ClaimRequest $request, string $token): array
    {
        [$payload, $signature] = $this->kept($request);
        $lease = $this->policy()->leaseMilliseconds();
        $arguments = [$request->fingerprint, $token, $lease, $this->remember(), $request->eventType];
        $reply = $this->run('claim', $request->key, [...$arguments, $payload ?? '', $signature ?? '']);

        return is_array($reply) ? $reply : ['', 0];
    }

    public function extend(string $key, string $token, int $milliseconds): bool
    {
        return $this->run('extend', $key, [$token, $milliseconds]) === 1;
    }

    public function complete(string $key, string $token): bool
    {
        return $this->run('complete', $key, [$token, $this->remember()]) === 1;
    }

    public function release(string $key, string $token, string $error): bool
    {
        return $this->run('release', $key, [$token, $this->remember(), $error]) === 1;
    }

    public function delivery(string $key): ?array
    {
        $kept = $this->run('delivery', $key, []);

        return is_array($kept) ? array_combine(['payload', 'signature'], $kept) : null;
    }

    public function deadLetters(int $limit = 100): array
    {
        // The list is all that this reads; the scripts take two keys all the same.
        return self::letters($this->run('dead_letters', $this->policy()->openKey(), [$limit]));
    }

    private function remember(): int
    {
        return $this->policy()->rememberMilliseconds();
    }

    /**
     * @param list<string|int> $arguments
     *
     * @throws StoreException
     */
    private function run(string $step, string $key, #[SensitiveParameter] array $arguments): mixed
    {
        try {
            $client = $this->client ??= ($this->connect)();
            if ($client->getMode() !== Redis::ATOMIC) {
                throw new StoreException('the client is in the middle of multi() or pipeline(): give the store its own');
            }
            // 0 is what a client has that leaves it to PHP; to set it would mean not to wait at all.
            $timeout = $client->getOption(Redis::OPT_READ_TIMEOUT) ?: (float) ini_get('default_socket_timeout');
            $client->setOption(Redis::OPT_READ_TIMEOUT, $this->timeoutSeconds);
            try {
                return $this->evaluate($client, $this->scripts[$step], [$key, $this->policy()->openKey(), ...$arguments]);
            } finally {
                $client->setOption(Redis::OPT_READ_TIMEOUT, $timeout);
            }
        } catch (Throwable $error) {
            $this->abandon($error);
            throw StoreException::causedBy($error);
        }
    }

    /**
     * After a time-out phpredis leaves the connection open, and would take the answer that comes after all for that of the
     * next command. A client that was given connects again by itself.
     */
    private function abandon(Throwable $error): void
    {
        if (!$error instanceof StoreException) {
            $this->client?->close();
        }
        $this->client = $this->connect === null ? $this->client : null;
    }

    /**
     * Raw commands, which have neither prefix nor serialiser.
     *
     * @param list<string|int> $values the two keys and the arguments
     */
    private function evaluate(Redis $client, string $script, #[SensitiveParameter] array $values): mixed
    {
        $client->clearLastError();
        // A client that has lost its connection connects again by itself, and may be in database 0 then.
        if ($client->getDbNum() > 0 && !$client->select($client->getDbNum())) {
            throw new StoreException('Redis does not select the database of the client');
        }
        $reply = $client->rawCommand('EVALSHA', sha1($script), 2, ...$values);
        if ($reply === false && str_starts_with((string) $client->getLastError(), 'NOSCRIPT')) {
            $client->clearLastError();
            $reply = $client->rawCommand('EVAL', $script, 2, ...$values);
        }
        $error = $client->getLastError();
        if ($reply === false && $error !== null) {
            $code = preg_match('/^[A-Z]+/', $error, $match) === 1 ? $match[0] : 'an error';
            throw new StoreException("Redis answers {$code}");
        }

        return $reply;
    }
}
