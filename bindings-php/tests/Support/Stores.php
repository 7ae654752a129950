<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests\Support;

use PDO;
use Payvost\Webhooks\Stores\MemoryStore;
use Payvost\Webhooks\Stores\PdoInbox;
use Payvost\Webhooks\Stores\PdoStore;
use Payvost\Webhooks\Stores\RedisStore;
use Payvost\Webhooks\Stores\Store;
use Predis\Client as Predis;
use Redis;
use RedisCluster;

/**
 * Stores and their connections by URL: `memory:`, `redis://127.0.0.1:6379`, `postgres://user@host:port/database`, `mysql://…`,
 * `sqlite:///path`. The prefix `inbox+` is for an inbox, the suffix `?serializable` for that isolation level, and `?pooled` for a connection
 * through PgBouncer.
 */
final class Stores
{
    public const LEASES = ['memory', 'redis', 'postgres', 'mariadb', 'sqlite'];
    /** By phpredis and by Predis. */
    public const CLUSTERS = ['redis-cluster', 'redis-cluster predis'];
    public const INBOXES = ['inbox+postgres', 'inbox+mariadb', 'inbox+sqlite'];

    /** The URL of one of the names above, on a server that all tests share. */
    public static function url(string $name, string $folder): string
    {
        [$way, $server] = str_starts_with($name, 'inbox+') ? ['inbox+', substr($name, 6)] : ['', $name];

        return $way . match ($server) {
            'memory' => 'memory:',
            'sqlite' => "sqlite://{$folder}/claims.sqlite",
            'redis-cluster predis' => Service::shared('redis-cluster')->url . '?predis',
            default => Service::shared($server)->url,
        };
    }

    /**
     * @param array<string, mixed> $options named arguments of the store
     */
    public static function open(string $url, array $options = []): Store
    {
        $connect = static fn (): PDO|Redis|RedisCluster|Predis => self::connect($url);

        return match (true) {
            $url === 'memory:' => new MemoryStore(...$options),
            str_starts_with($url, 'inbox+') => new PdoInbox($connect, ...$options),
            str_starts_with($url, 'redis') => new RedisStore($connect, ...$options),
            default => new PdoStore($connect, ...$options),
        };
    }

    public static function connect(string $url): PDO|Redis|RedisCluster|Predis
    {
        $url = str_starts_with($url, 'inbox+') ? substr($url, 6) : $url;
        if (str_starts_with($url, 'sqlite://')) {
            $sqlite = new PDO('sqlite:' . substr($url, 9));
            $sqlite->exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF');

            return $sqlite;
        }
        ['scheme' => $scheme, 'host' => $host, 'port' => $port] = $parts = parse_url($url);
        if ($scheme === 'redis') {
            $redis = new Redis();
            $redis->connect($host, $port, 2.0);
            $redis->ping();

            return $redis;
        }
        if ($scheme === 'redis-cluster') {
            return isset($parts['query'])
                ? new Predis(["tcp://{$host}:{$port}"], ['cluster' => 'redis'])
                : new RedisCluster(null, ["{$host}:{$port}"], 2.0, 2.0);
        }
        $driver = $scheme === 'postgres' ? 'pgsql' : $scheme;
        $database = ltrim($parts['path'], '/');

        $connection = new PDO("{$driver}:host={$host};port={$port};dbname={$database}", $parts['user']);
        if (($parts['query'] ?? '') === 'pooled') {
            $connection->setAttribute(PDO::ATTR_EMULATE_PREPARES, true);
        }
        if (($parts['query'] ?? '') === 'serializable') {
            $connection->exec(match ($driver) {
                'pgsql' => "SET default_transaction_isolation = serializable; SET application_name = 'serializable'",
                'mysql' => 'SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE',
            });
        }

        return $connection;
    }
}
