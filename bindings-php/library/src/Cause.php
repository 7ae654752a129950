<?php

declare(strict_types=1);

namespace Payvost\Webhooks;

/** A proven cause of an {@see Explanation}. */
final class Cause
{
    /** @internal */
    public function __construct(
        /** The stable code, such as `body_reserialized`. The page on troubleshooting lists all of them. */
        public readonly string $code,
        /** How the cause shows, without any part of a body, a secret or a signature. */
        public readonly string $evidence,
        /** What to do about it. */
        public readonly string $fix,
    ) {
    }
}
