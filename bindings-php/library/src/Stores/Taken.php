<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Stores;

/**
 * The result of taking a ticket.
 */
final class Taken
{
    public function __construct(
        /**
         * `claimed`: do the work, then complete the claim. `done`: the event is handled, so drop the job. `in_progress`: another
         * worker has the event, so put the job back. `lost`: a later delivery has claimed the event, or the store has forgotten
         * it, so drop the job
         *
         * @var 'claimed'|'done'|'in_progress'|'lost'
         */
        public readonly string $status,
        /** The claim, with `claimed`; null otherwise */
        public readonly ?Claim $claim = null,
        /** With `in_progress`: the seconds that are left of the other worker's lease */
        public readonly float $waitSeconds = 0.0
    ) {
    }
}
