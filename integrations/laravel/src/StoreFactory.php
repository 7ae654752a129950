<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Laravel;

use Illuminate\Contracts\Container\Container;
use InvalidArgumentException;
use Payvost\Webhooks\Stores\LaravelTransactions;
use Payvost\Webhooks\Stores\PdoInbox;
use Payvost\Webhooks\Stores\PdoStore;
use Payvost\Webhooks\Stores\RedisStore;
use Payvost\Webhooks\Stores\Store;
use PDO;

/**
 * Makes the store that the configuration names.
 *
 * @internal
 */
final class StoreFactory
{
    /**
     * @throws InvalidArgumentException the configuration names none
     */
    public static function make(Container $container): ?Store
    {
        ['store' => $kind, 'connection' => $name, 'options' => $options] = $container['config']['payvost'];

        return match ($kind) {
            null => null,
            'inbox' => new PdoInbox(new LaravelTransactions($container['db']->connection($name)), ...$options),
            'database' => new PdoStore(static fn (): PDO => self::connect($container, $name), ...$options),
            'redis' => new RedisStore(static fn () => $container['redis']->connection($name)->client(), ...$options),
            default => throw new InvalidArgumentException('payvost.store must be inbox, database, redis or null'),
        };
    }

    /** A connection of the store's own, so that a lease does not come and go with a transaction of the handler. */
    private static function connect(Container $container, ?string $name): PDO
    {
        $name ??= $container['db']->getDefaultConnection();

        return $container['db.factory']->make($container['config']["database.connections.{$name}"], 'payvost')->getPdo();
    }
}
