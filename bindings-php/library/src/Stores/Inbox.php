<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Stores;

use PDO;

/**
 * A store whose claim, with what the handler writes and that the event is handled, is one transaction. Until
 * {@see Store::complete()} or {@see Store::release()} that transaction is open.
 */
interface Inbox extends Store
{
    /**
     * The connection in whose transaction the event is claimed with this token: the handler's.
     */
    public function connection(string $token): ?PDO;
}
