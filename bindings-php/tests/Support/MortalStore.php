<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests\Support;

use PDO;
use Payvost\Webhooks\ClaimPolicy;
use Payvost\Webhooks\Stores\ClaimRequest;
use Payvost\Webhooks\Stores\Inbox;
use Payvost\Webhooks\Stores\Store;

/** A store whose worker is killed before or after one of its steps. */
final class MortalStore implements Inbox
{
    public function __construct(private Store $store, private string $point)
    {
    }

    /** Kills this process, like `kill -9`, if this is the point. */
    public static function dieAt(string $point, string $chosen): void
    {
        if ($point === $chosen) {
            posix_kill(getmypid(), SIGKILL);
        }
    }

    public function policy(): ClaimPolicy
    {
        return $this->store->policy();
    }

    public function claim(ClaimRequest $request, string $token): array
    {
        self::dieAt('before the claim', $this->point);
        $reply = $this->store->claim($request, $token);
        self::dieAt('after the claim', $this->point);

        return $reply;
    }

    public function extend(string $key, string $token, int $milliseconds): bool
    {
        return $this->store->extend($key, $token, $milliseconds);
    }

    public function complete(string $key, string $token): bool
    {
        $isHeld = $this->store->complete($key, $token);
        self::dieAt('after complete', $this->point);

        return $isHeld;
    }

    public function release(string $key, string $token, string $error): bool
    {
        return $this->store->release($key, $token, $error);
    }

    public function delivery(string $key): ?array
    {
        return $this->store->delivery($key);
    }

    public function deadLetters(int $limit = 100): array
    {
        return $this->store->deadLetters($limit);
    }

    public function discard(string $key): bool
    {
        return $this->store->discard($key);
    }

    public function connection(string $token): ?PDO
    {
        return $this->store instanceof Inbox ? $this->store->connection($token) : null;
    }
}
