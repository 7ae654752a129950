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
     * The connection in whose transaction the event is claimed with this token: the handler's.
     */
    public function connection(string $token): ?PDO;

    /**
     * Completes the claim, and commits, unless the handler has ended the transaction itself.
     *
     * @return bool|'completed'|'lost'|'committed'|'rolled_back'|'aborted' true or `completed`: committed. false or `lost`:
     *     the claim is no longer there. `committed`, `rolled_back`: the handler has done so itself, and the store has parked
     *     the event in the first case. `aborted`: the handler has left a transaction that takes no more statements. After
     *     `lost`, `rolled_back` and `aborted` {@see Store::release()} is called
     */
    public function complete(string $key, string $token): bool|string;
}
