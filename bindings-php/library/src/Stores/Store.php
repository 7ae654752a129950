<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Stores;

use Payvost\Webhooks\ClaimPolicy;
use Payvost\Webhooks\Internal\Limits;

/**
 * Remembers which worker has claimed which event, so that each event takes effect once. Implement it to write your own store.
 *
 * Each step is atomic and uses the store's own clock. A step that fails may throw any exception: the response is then 503, and
 * no handler is called. The receiver logs the exception's class and its code if it knows one, such as a SQLSTATE, but never
 * its message.
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
     * How long events are claimed and remembered, and the prefix of the keys.
     */
    public function policy(): ClaimPolicy;

    /**
     * Claims an event for the worker with this token, for {@see ClaimPolicy::leaseMilliseconds()}.
     *
     * @return array{string, int} `claimed` and the number of times it has been claimed, including this time; or `in_progress`
     *     and the milliseconds that are left of another worker's lease; or `done` and 0; or `conflict` and 0, if the
     *     fingerprint is a different one; or `parked` and 0, see {@see Inbox::complete()}. A repeated call with the token that
     *     has the claim returns the same
     */
    public function claim(ClaimRequest $request, string $token): array;

    /**
     * Extends a claim to this many milliseconds from now.
     *
     * @return bool false if the claim is no longer this worker's
     */
    public function extend(string $key, string $token, int $milliseconds): bool;

    /**
     * Marks the event as handled, for {@see ClaimPolicy::rememberMilliseconds()}, and no longer keeps its delivery.
     *
     * @return bool|string false if the claim is no longer this worker's; true also if it was completed with this token
     *     before. Only an {@see Inbox} returns strings
     */
    public function complete(string $key, string $token): bool|string;

    /**
     * Releases the claim, so that the next delivery is handled.
     *
     * @param string $error the failure to keep, such as the class of an exception
     *
     * @return bool false if the claim is no longer this worker's; true also if it was released with this token before
     */
    public function release(string $key, string $token, string $error): bool;

    /**
     * The delivery that was kept with a claim, or null.
     *
     * @return array{payload: string, signature: string}|null
     */
    public function delivery(string $key): ?array;

    /**
     * The events that were claimed and not handled, those that have waited longest first. `parked` are events whose handler
     * has committed an inbox's transaction itself: only a retry runs them again.
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
     * Discards a dead letter: it counts as handled, and its delivery is no longer kept.
     *
     * @return bool false if the event is handled, is being handled, or is unknown
     */
    public function discard(string $key): bool;
}
