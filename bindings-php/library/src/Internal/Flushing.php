<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Throwable;

/**
 * An inbox whose ORM writes only when it is told to.
 *
 * @internal
 */
interface Flushing
{
    /**
     * Writes what the handler has left to write. It belongs to the handler.
     *
     * @throws Throwable
     */
    public function flush(): void;
}
