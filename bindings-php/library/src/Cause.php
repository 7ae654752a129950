<?php

declare(strict_types=1);

namespace Payvost\Webhooks;

/** A proven cause of an {@see Explanation}. */
final class Cause
{
    /**
     * @param string $code     the stable code, such as `body_reserialized`: the page on troubleshooting lists all of them
     * @param string $evidence how the cause shows, without any part of a body, a secret or a signature
     * @param string $fix      what to do about it
     *
     * @internal
     */
    public function __construct(
        public readonly string $code,
        public readonly string $evidence,
        public readonly string $fix,
    ) {
    }
}
