<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Stores;

use PDO;
use Payvost\Webhooks\Internal\PdoClaims;
use SensitiveParameter;

/**
 * Claims in a table of PostgreSQL, MySQL, MariaDB or SQLite, by PDO: leases, each step a short transaction of its own.
 *
 * ```php
 * $store = new PdoStore(fn () => new PDO(getenv('DATABASE'), getenv('DB_USER'), getenv('DB_PASSWORD')));
 * ```
 */
final class PdoStore extends PdoClaims
{
    public function claim(#[SensitiveParameter] ClaimRequest $request, string $token): array
    {
        return $this->step(fn (PDO $on): array => $this->sql->claim($on, $this->claimValues($request, $token)));
    }

    public function extend(string $key, string $token, int $milliseconds): bool
    {
        return $this->change('extend', ['key' => $key, 'token' => $token, 'lease' => $milliseconds]);
    }

    public function complete(string $key, string $token): bool
    {
        return $this->change('complete', $this->endValues($key, $token));
    }

    public function release(string $key, string $token, string $error): bool
    {
        return $this->change('release', $this->endValues($key, $token, $error));
    }

    /**
     * @param array<string, string|int> $values
     */
    private function change(string $name, array $values): bool
    {
        return $this->step(fn (PDO $on): bool => $this->sql->change($on, $name, $values));
    }
}
