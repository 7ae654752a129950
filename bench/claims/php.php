<?php

// The program of `bench/claims/php`. The compared steps take turns in one process, so that other work on the machine affects all
// of them equally.

declare(strict_types=1);

use Payvost\Webhooks\Stores\ClaimRequest;
use Payvost\Webhooks\Stores\PdoStore;
use Payvost\Webhooks\Stores\RedisStore;
use Payvost\Webhooks\Stores\Store;
use Payvost\Webhooks\Tests\Support\Service;
use Payvost\Webhooks\Tests\Support\Stores;

require __DIR__ . '/../../bindings-php/tests/bootstrap.php';

const CALLS = 100;

$rounds = (int) $argv[1];
$body = '{"id":"evt_1","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":{"amount":"99.99"}}';
$request = static fn (int $number): ClaimRequest => new ClaimRequest(
    "webhook:evt_{$number}",
    hash('sha256', $body),
    'payment.succeeded',
    $body,
    str_repeat('a', 64)
);
$claim = static fn (Store $store): Closure => static fn (int $number) => $store->claim($request($number), "token {$number}");
$both = static fn (Store $store): Closure => static function (int $number) use ($store, $request): void {
    $store->claim($request($number), "token {$number}");
    $store->complete("webhook:evt_{$number}", "token {$number}");
};
$again = static function (Store $store) use ($request): Closure {
    $store->claim($request(0), 'token');
    $store->complete('webhook:evt_0', 'token');

    return static fn () => $store->claim($request(0), 'another token');
};

/** @return array<string, Closure(int): mixed> the compared steps, the bare step first */
function inRedis(Closure $claim, Closure $both, Closure $again): array
{
    $redis = Stores::connect(Service::shared('redis')->url);
    $store = new RedisStore($redis);

    return [
        'a bare `SET NX`' => static fn (int $number) => $redis->set("bare:{$number}", '1', ['NX', 'PX' => 86_400_000]),
        'claim' => $claim($store),
        'claim and complete' => $both(new RedisStore($redis, prefix: 'both')),
        'a copy of an event that is done' => $again(new RedisStore($redis, prefix: 'again')),
    ];
}

/** @return array<string, Closure(int): mixed> */
function inSql(string $server, string $bare, string $ignore, Closure $claim, Closure $both, Closure $again): array
{
    $connection = Stores::connect(Service::shared($server)->url);
    $connection->exec('CREATE TABLE bare (id varchar(255) PRIMARY KEY, at bigint)');
    // Prepared each time, as in a request to php-fpm.
    $insert = sprintf('INSERT %s INTO bare VALUES (?, 1) %s', ...explode('|', $ignore));
    $store = static function (string $table) use ($connection): PdoStore {
        $store = new PdoStore(static fn (): PDO => $connection, table: $table);
        $store->createTable();

        return $store;
    };

    return [
        $bare => static fn (int $number) => $connection->prepare($insert)
            ->execute(["webhook:evt_{$number}"]),
        'claim' => $claim($store('claim')),
        'claim and complete' => $both($store('claim_and_complete')),
        'a copy of an event that is done' => $again($store('again')),
    ];
}

$compared = [
    'Redis' => inRedis($claim, $both, $again),
    'PostgreSQL' => inSql('postgres', 'a bare `INSERT … ON CONFLICT`', '|ON CONFLICT DO NOTHING', $claim, $both, $again),
    'MariaDB' => inSql('mariadb', 'a bare `INSERT IGNORE`', 'IGNORE|', $claim, $both, $again),
];
echo "| | | µs | × |\n| --- | --- | ---: | ---: |\n";
foreach ($compared as $store => $steps) {
    $times = [];
    $number = 1;
    // The first round only warms up.
    for ($round = 0; $round <= $rounds; ++$round) {
        foreach ($steps as $name => $step) {
            $started = hrtime(true);
            for ($call = 0; $call < CALLS; ++$call) {
                $step($number + $call);
            }
            if ($round > 0) {
                $times[$name][] = (hrtime(true) - $started) / CALLS / 1e3;
            }
        }
        $number += CALLS;
    }
    $bare = null;
    foreach ($times as $name => $all) {
        sort($all);
        $median = $all[intdiv(count($all), 2)];
        $bare ??= $median;
        printf("| %s | %s | %.0f | %.1f |\n", $store, $name, $median, $median / $bare);
    }
}
