<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Payvost\Webhooks\Stores\Claim;
use Payvost\Webhooks\Stores\StoreException;
use Payvost\Webhooks\Stores\Taken;

/**
 * Takes tickets, for the stores whose claims are leases.
 *
 * @internal
 */
trait LeasedClaims
{
    public function take(array $ticket): Taken
    {
        // The new token begins with the ticket's.
        $token = $ticket['token'] . bin2hex(random_bytes(Limits::CLAIM_TOKEN_LENGTH / 2));
        [$status, $number] = $this->takeOver($ticket['key'], $ticket['token'], $token);

        return match ($status) {
            'claimed' => new Taken($status, new Claim($this, $ticket['key'], $token, $number)),
            'in_progress' => new Taken($status, null, $number / 1000),
            default => new Taken($status),
        };
    }

    /**
     * @return array{string, int} a word; with `claimed` the attempt, with `in_progress` the milliseconds to wait
     *
     * @throws StoreException
     */
    abstract private function takeOver(string $key, string $ticket, string $token): array;
}
