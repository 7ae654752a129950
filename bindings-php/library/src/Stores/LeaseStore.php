<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Stores;

/**
 * A store whose claims are leases, so that a handler can leave them to the worker of a queue.
 */
interface LeaseStore extends Store
{
    /**
     * Takes over a claim that a handler has handed over: for the worker of the queue, before it does anything. Of all workers
     * that have the same ticket, one at a time gets the claim, for {@see \Payvost\Webhooks\ClaimPolicy::leaseMilliseconds()}.
     *
     * @param array{key: string, token: string} $ticket what {@see Claim::handOver()} returned
     *
     * @throws StoreException the store cannot be reached
     */
    public function take(array $ticket): Taken;
}
