<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests\Support;

use Closure;
use Payvost\Webhooks\ClaimPolicy;
use Payvost\Webhooks\Stores\ClaimRequest;
use Payvost\Webhooks\Stores\Store;

/** An application's own store, whose reply to a claim comes from the test. */
final class CustomStore implements Store
{
    /**
     * @param Closure(): array<mixed> $reply
     * @param array{payload: string, signature: string}|null $kept
     */
    public function __construct(private Closure $reply, private ?array $kept = null)
    {
    }

    public function policy(): ClaimPolicy
    {
        return new ClaimPolicy();
    }

    public function claim(ClaimRequest $request, string $token): array
    {
        return ($this->reply)();
    }

    public function extend(string $key, string $token, int $milliseconds): bool
    {
        return false;
    }

    public function complete(string $key, string $token): bool
    {
        return false;
    }

    public function release(string $key, string $token, string $error): bool
    {
        return false;
    }

    public function delivery(string $key): ?array
    {
        return $this->kept;
    }

    public function deadLetters(int $limit = 100): array
    {
        return [];
    }

    public function discard(string $key): bool
    {
        return false;
    }
}
