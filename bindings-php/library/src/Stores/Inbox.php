<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Stores;

use PDO;

/**
 * A store in which the claim, the handler's own writes and the completion are one transaction. It is open until
 * {@see Inbox::complete()} or {@see Store::release()}.
 */
interface Inbox extends Store
{
    /**
     * The connection for the handler: the event is claimed with this token in its transaction.
     */
    public function connection(string $token): ?PDO;

    /**
     * Completes the claim and commits, unless the handler has ended the transaction itself.
     *
     * @return bool|'completed'|'lost'|'committed'|'rolled_back'|'aborted' true or `completed`: committed. false or `lost`:
     *     the claim no longer exists. `committed`: the handler has committed itself, and the store has parked the event.
     *     `rolled_back`: the handler has rolled back itself. `aborted`: the handler has left a transaction that accepts no more
     *     statements. After `lost`, `rolled_back` and `aborted`, {@see Store::release()} is called
     */
    public function complete(string $key, string $token): bool|string;
}
