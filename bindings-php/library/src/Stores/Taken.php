<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Stores;

/**
 * What became of the attempt to take a ticket.
 */
final class Taken
{
    public function __construct(
        /**
         * `claimed`: do the work, and complete the claim. `done`: the event is handled, drop the job. `in_progress`: another
         * worker has it, put the job back. `lost`: a later delivery has claimed the event, or it is forgotten; drop the job
         *
         * @var 'claimed'|'done'|'in_progress'|'lost'
         */
        public readonly string $status,
        /** What `claimed` gives; null otherwise */
        public readonly ?Claim $claim = null,
        /** With `in_progress`: in how many seconds the other worker's lease is over */
        public readonly float $waitSeconds = 0.0
    ) {
    }
}
