<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Manage;

use function Payvost\Webhooks\Internal\rotation;

/**
 * Tells when the old secret of a webhook can be removed after a rotation: when no delivery that it has signed can arrive any more.
 *
 * Store `lastSeen` where all your processes find it, and make the object from it.
 *
 * ```php
 * $rotation = new Rotation($lastSeen);
 * if ($result->matchingSecret === 1) { // the position of the old secret
 *     $lastSeen = $rotation->oldSecretSeen()->lastSeen;
 * }
 * ```
 */
final class Rotation
{
    /** The Unix time at which the secret was rotated, or at which the old one was last seen. */
    public readonly int $lastSeen;

    /** The Unix time from which the old secret can be removed, unless it is seen again. */
    public readonly int $overAt;

    /**
     * @param int|null $lastSeen a Unix time in seconds. null: the secret is being rotated now
     */
    public function __construct(?int $lastSeen = null)
    {
        [$this->lastSeen, $this->overAt] = rotation($lastSeen ?? time(), null, 0);
    }

    /**
     * The rotation after a delivery that the old secret had signed.
     *
     * @param int|null $now the Unix time of the delivery. null: the present
     */
    public function oldSecretSeen(?int $now = null): self
    {
        return new self(rotation($this->lastSeen, $now ?? time(), 0)[0]);
    }

    /**
     * Whether the old secret can be removed.
     *
     * @param int|null $now a Unix time. null: the present
     */
    public function isOver(?int $now = null): bool
    {
        return rotation($this->lastSeen, null, $now ?? time())[2];
    }
}
