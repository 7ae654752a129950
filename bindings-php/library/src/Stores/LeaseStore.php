<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Stores;

/**
 * A store whose claims are leases, so that a handler can hand them over to a queue's worker.
 */
interface LeaseStore extends Store
{
    /**
     * Takes a claim that a handler has handed over. A queue's worker calls this before it does anything else: of all workers
     * with the same ticket, one at a time gets the claim, for {@see \Payvost\Webhooks\ClaimPolicy::leaseMilliseconds()}.
     *
     * @param array{key: string, token: string} $ticket what {@see Claim::handOver()} returned
     *
     * @throws StoreException the store cannot be reached
     */
    public function take(array $ticket): Taken;
}
