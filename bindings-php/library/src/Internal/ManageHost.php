<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

/**
 * The clocks, the pauses and the random bits of the management client. Tests replace it.
 *
 * @internal
 */
class ManageHost
{
    private const NANOSECONDS_PER_MS = 1_000_000;

    /** By a clock that is never set back. */
    public function elapsedMs(): int
    {
        return intdiv(hrtime(true), self::NANOSECONDS_PER_MS);
    }

    public function unixMs(): int
    {
        return (int) (microtime(true) * 1_000);
    }

    /** Returns whether the pause has lasted: false cancels the call. */
    public function pause(int $milliseconds): bool
    {
        $end = hrtime(true) + $milliseconds * self::NANOSECONDS_PER_MS;
        // A signal ends usleep() early.
        while (($left = $end - hrtime(true)) > 0) {
            usleep(intdiv($left, 1_000) + 1);
        }

        return true;
    }

    /** 128 bits that nobody can predict. */
    public function key(): string
    {
        return random_bytes(16);
    }

    /** 32 bits. */
    public function bits(): int
    {
        return random_int(0, 0xffff_ffff);
    }
}
