<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Stores;

use Payvost\Webhooks\Internal\LeasedClaims;
use Payvost\Webhooks\Internal\PdoClaims;
use SensitiveParameter;

/**
 * Claims in a table of PostgreSQL, MySQL, MariaDB or SQLite, by PDO. They are leases, and each step is a short transaction.
 *
 * ```php
 * $store = new PdoStore(fn () => new PDO(getenv('DATABASE'), getenv('DB_USER'), getenv('DB_PASSWORD')));
 * ```
 */
final class PdoStore extends PdoClaims implements LeaseStore
{
    use LeasedClaims;

    public function claim(#[SensitiveParameter] ClaimRequest $request, string $token): array
    {
        return $this->work($request->isRetry ? 'claim_retry' : 'claim', $this->claimValues($request, $token))->run();
    }

    public function extend(string $key, string $token, int $milliseconds): bool
    {
        return $this->work('extend', ['key' => $key, 'token' => $token, 'lease' => $milliseconds])->run();
    }

    public function complete(string $key, string $token): bool
    {
        return $this->work('complete', ['key' => $key, 'token' => $token])->run();
    }

    public function release(string $key, string $token, string $error): bool
    {
        return $this->work('release', ['key' => $key, 'token' => $token, 'error' => $error])->run();
    }

    private function takeOver(string $key, string $ticket, string $token): array
    {
        $lease = $this->policy()->leaseMilliseconds();

        return $this->work('take', ['key' => $key, 'ticket' => $ticket, 'token' => $token, 'lease' => $lease])->run();
    }
}
