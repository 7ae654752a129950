<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests\Support;

use Payvost\Webhooks\Stores\Inbox;
use PDO;

/** A scripted inbox. */
final class ScriptedInbox extends ScriptedStore implements Inbox
{
    public function connection(string $token): ?PDO
    {
        return null;
    }
}
