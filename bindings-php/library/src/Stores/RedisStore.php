<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Stores;

use Payvost\Webhooks\ConfigurationException;
use Payvost\Webhooks\Internal\ClaimStore;
use Payvost\Webhooks\Internal\Fault;
use Payvost\Webhooks\Internal\LeasedClaims;
use Payvost\Webhooks\Internal\Limits;
use Payvost\Webhooks\Internal\RedisClient;
use Payvost\Webhooks\Internal\RedisProgram;
use Predis\Client as Predis;
use Redis;
use RedisCluster;
use SensitiveParameter;
use Throwable;

/**
 * Claims in Redis, one server or a Redis Cluster, by phpredis or Predis.
 *
 * Options of the client such as `OPT_PREFIX`, `OPT_SERIALIZER` and `OPT_COMPRESSION`, or Predis's `prefix`, do not affect the claims: their
 * keys and values are the same for every worker in every language.
 */
final class RedisStore extends ClaimStore implements LeaseStore
{
    use LeasedClaims;

    /** @var array<string, string> the SHA-1 of each script, by its step */
    private static array $digests = [];

    private RedisClient $client;

    /**
     * @param Redis|RedisCluster|Predis|callable(): (Redis|RedisCluster|Predis) $client a connected client or, better, a function that connects
     *     one. It is called when a delivery comes, so that the response is 503 if the server cannot be reached, and again after a failure
     * @param int|float|null $leaseSeconds how long a claim holds: 1 s to 24 h. null: 60 s
     * @param int|float|null $rememberSeconds how long an event is remembered: 5765 s to ten years. null: 24 h
     * @param string|null $prefix what the keys begin with. null: `webhook`
     * @param bool $keepDeliveries keep the body and the signature of an event until it is handled, so that it can be
     *     retried: customer data at rest
     * @param int|float $timeoutSeconds how long a step may wait for the server's answer, and be repeated after a broken
     *     connection. The third argument of `Redis::connect()`, or Predis's `timeout`, limits the time to connect. A
     *     `RedisCluster` keeps the limits that its constructor was given
     *
     * @throws ConfigurationException `invalid_option`
     */
    public function __construct(
        Redis|RedisCluster|Predis|callable $client,
        int|float|null $leaseSeconds = null,
        int|float|null $rememberSeconds = null,
        ?string $prefix = null,
        bool $keepDeliveries = true,
        int|float $timeoutSeconds = Limits::DEFAULT_STORE_TIME_LIMIT_SECONDS
    ) {
        parent::__construct($leaseSeconds, $rememberSeconds, $prefix, $keepDeliveries, $timeoutSeconds);
        $this->client = new RedisClient($client, (float) $timeoutSeconds);
    }

    public function claim(#[SensitiveParameter] ClaimRequest $request, string $token): array
    {
        [$payload, $signature] = $this->kept($request);
        $lease = $this->policy()->leaseMilliseconds();
        $arguments = [$request->fingerprint, $token, $lease, $this->remember(), $request->eventType];

        return $this->run('claim', $request->key, [...$arguments, $payload ?? '', $signature ?? '']);
    }

    public function extend(string $key, string $token, int $milliseconds): bool
    {
        return $this->run('extend', $key, [$token, $milliseconds]);
    }

    public function complete(string $key, string $token): bool
    {
        return $this->run('complete', $key, [$token, $this->remember()]);
    }

    public function release(string $key, string $token, string $error): bool
    {
        return $this->run('release', $key, [$token, $this->remember(), $error]);
    }

    public function delivery(string $key): ?array
    {
        return self::keptDelivery($this->run('delivery', $key, []) ?: null);
    }

    public function deadLetters(int $limit = Limits::DEFAULT_DEAD_LETTERS): array
    {
        // This script reads only the list, but every script takes two keys.
        $letters = self::letters($this->run('dead_letters', $this->policy()->openKey(), [$limit]));
        // On a cluster, they come from several lists.
        usort($letters, static fn (array $one, array $other): int => $other['ageSeconds'] <=> $one['ageSeconds']);

        return array_slice($letters, 0, $limit);
    }

    public function discard(string $key): bool
    {
        return $this->run('discard', $key, [$this->remember()]);
    }

    private function takeOver(string $key, string $ticket, string $token): array
    {
        return $this->run('take', $key, [$ticket, $token, $this->policy()->leaseMilliseconds(), $this->remember()]);
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
        $program = new RedisProgram($step, $this->timeoutSeconds);
        [$replied, $last, $rows, $isPlaced] = [null, null, [], false];
        while (($ask = $program->ask()) !== null) {
            try {
                if (is_int($ask)) {
                    usleep($ask);
                    $program->waited();
                    continue;
                }
                $isOnCluster = $this->client->connect();
                if ($isOnCluster && !$isPlaced) {
                    $program->onCluster();
                    $isPlaced = true;
                }
                $openKey = $this->policy()->openKey();
                [$record, $open, $lists] = $isOnCluster ? $program->place($key, $openKey) : [$key, $openKey, ''];
                $values = $step === 'dead_letters' ? [...$arguments, $lists] : $arguments;
                $script = $ask === 'EVAL' ? $program->script() : self::$digests[$step] ??= sha1($program->script());
                $replied = $this->client->evaluate($ask, $script, [$record, $open, ...$values]);
                if ($step === 'dead_letters' && is_array($replied)) {
                    array_push($rows, ...array_filter($replied, is_array(...)));
                }
                $program->replied($replied);
            } catch (Throwable $last) {
                $program->failed($this->client->fault($last));
            }
        }
        $reply = $program->reply();

        return $reply instanceof Fault ? throw StoreException::of($reply, $last) : $reply ?? ($step === 'dead_letters' ? $rows : $replied);
    }
}
