<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Stores;

use Payvost\Webhooks\ClaimPolicy;
use Payvost\Webhooks\Internal\Limits;

/**
 * Remembers which worker has claimed which event, so that an event takes effect once. Implement it for a store of your own.
 *
 * Each step is atomic and takes the time from the store's own clock. A step that fails throws whatever it likes: the
 * receiver then answers 503 and calls no handler. It logs the exception's class, and its code where it knows it (a SQLSTATE,
 * say), but never its message.
 *
 * @phpstan-type DeadLetter array{
 *     key: string,
 *     eventType: string,
 *     reason: 'failed'|'abandoned'|'parked',
 *     attempts: int,
 *     error: string|null,
 *     ageSeconds: float
 * }
 */
interface Store
{
    /**
     * How long events are claimed and remembered, and what the keys begin with.
     */
    public function policy(): ClaimPolicy;

    /**
     * Claims an event for the worker that made up the token, for {@see ClaimPolicy::leaseMilliseconds()}.
     *
     * @return array{string, int} `claimed` and how often it has been claimed, this time included; or `in_progress` and
     *     for how many milliseconds another worker's lease still runs; or `done` and 0; or `conflict` and 0, when the
     *     fingerprint is another; or `parked` and 0, see {@see Inbox::complete()}. A repeated call with the token that has
     *     the claim gives the same answer
     */
    public function claim(ClaimRequest $request, string $token): array;

    /**
     * Makes a claim hold for another so many milliseconds from now.
     *
     * @return bool false when it is no longer this worker's
     */
    public function extend(string $key, string $token, int $milliseconds): bool;

    /**
     * Notes that the event is handled, for {@see ClaimPolicy::rememberMilliseconds()}. The delivery is no longer kept.
     *
     * @return bool|string false when the claim is no longer this worker's; true also when it was completed with this token
     *     before. Texts are for an {@see Inbox}
     */
    public function complete(string $key, string $token): bool|string;

    /**
     * Releases the claim, so that the next delivery is handled.
     *
     * @param string $error what to keep of the failure, such as the class of an exception
     *
     * @return bool false when the claim is no longer this worker's; true also when it was released with this token before
     */
    public function release(string $key, string $token, string $error): bool;

    /**
     * The delivery that was kept with a claim, or null.
     *
     * @return array{payload: string, signature: string}|null
     */
    public function delivery(string $key): ?array;

    /**
     * The events that were claimed and not handled, those that have waited longest first. `parked` are those whose handler
     * has committed the transaction of an inbox itself: only a retry runs them again.
     *
     * @return list<array{
     *     key: string,
     *     eventType: string,
     *     reason: 'failed'|'abandoned'|'parked',
     *     attempts: int,
     *     error: string|null,
     *     ageSeconds: float
     * }>
     *
     * @phpstan-return list<DeadLetter>
     */
    public function deadLetters(int $limit = Limits::DEFAULT_DEAD_LETTERS): array;

    /**
     * Gives up a dead letter: it counts as handled, and its delivery is no longer kept.
     *
     * @return bool false when the event is handled, is being handled, or is not known
     */
    public function discard(string $key): bool;
}
