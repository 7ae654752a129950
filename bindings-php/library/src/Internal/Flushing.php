<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Throwable;

/**
 * An inbox whose ORM collects writes until they are flushed.
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
