<?php

// The program of `bench/claims/php`. The compared steps take turns in one process, so that other work on the machine affects all
// of them equally.

declare(strict_types=1);

use Payvost\Webhooks\Stores\Claim;
use Payvost\Webhooks\Stores\ClaimRequest;
use Payvost\Webhooks\Stores\PdoInbox;
use Payvost\Webhooks\Stores\PdoStore;
use Payvost\Webhooks\Stores\RedisStore;
use Payvost\Webhooks\Stores\Store;
use Payvost\Webhooks\Tests\Support\Service;
use Payvost\Webhooks\Tests\Support\Stores;
use Payvost\Webhooks\WebhookReceiver;

use function Payvost\Webhooks\sign;

require __DIR__ . '/../../bindings-php/tests/bootstrap.php';

const CALLS = 100;
const SECRET = 'whsec_example';
const BODY = '{"id":"evt_1","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":{"amount":"99.99"}}';

/** The targets, in multiples of the bare step. */
const TO_REACH = [
    'Redis' => ['claim' => 1.3, 'claim and complete' => 2.4, 'a copy of an event that is done' => 1.1],
    'PostgreSQL' => ['claim' => 1.4, 'claim and complete' => 2.4, 'a copy of an event that is done' => 1.4],
    'MariaDB' => ['claim' => 1.6, 'claim and complete' => 2.8, 'a copy of an event that is done' => 1.6],
    'PostgreSQL, an inbox' => ['a whole delivery to an inbox' => 1.3],
    'MariaDB, an inbox' => ['a whole delivery to an inbox' => 1.3],
];

$rounds = (int) $argv[1];
$body = BODY;
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

/** @return array<string, Closure(int): mixed> the inserts of an event and its effect by hand, and by a delivery to an inbox */
function inInbox(string $server): array
{
    $connection = Stores::connect(Service::shared($server)->url);
    $connection->exec('CREATE TABLE effects (event varchar(255))');
    (new PdoStore(static fn (): PDO => $connection, table: 'by_hand'))->createTable();
    $inbox = new PdoInbox(static fn (): PDO => $connection, table: 'inbox', noteAttempts: false);
    $inbox->createTable();
    $event = 'INSERT INTO by_hand (claim_key, fingerprint, state, token, attempt, lease_until, forget_at, changed_at, event_type)'
        . " VALUES (?, ?, 'done', ?, 1, 0, 1, 1, ?)";
    $effect = 'INSERT INTO effects (event) VALUES (?)';
    $handler = static fn (array $event, Claim $claim) => $claim->connection->prepare($effect)->execute([$event['id']]);
    $receiver = new WebhookReceiver(SECRET, $handler, store: $inbox);
    $body = static fn (int $number): string => str_replace('evt_1', "evt_{$number}", BODY);

    return [
        'the same inserts in one transaction, by hand' => static function (int $number) use ($connection, $event, $effect): void {
            $connection->beginTransaction();
            $connection->prepare($event)
                ->execute(["webhook:evt_{$number}", hash('sha256', BODY), str_repeat('0', 32), 'payment.succeeded']);
            $connection->prepare($effect)->execute(["evt_{$number}"]);
            $connection->commit();
        },
        'a whole delivery to an inbox' => static function (int $number) use ($receiver, $body): void {
            $payload = $body($number);
            $receiver->receive($payload, sign($payload, SECRET));
        },
    ];
}

$compared = [
    'Redis' => inRedis($claim, $both, $again),
    'PostgreSQL' => inSql('postgres', 'a bare `INSERT … ON CONFLICT`', '|ON CONFLICT DO NOTHING', $claim, $both, $again),
    'MariaDB' => inSql('mariadb', 'a bare `INSERT IGNORE`', 'IGNORE|', $claim, $both, $again),
    'PostgreSQL, an inbox' => inInbox('postgres'),
    'MariaDB, an inbox' => inInbox('mariadb'),
];
echo "| | | µs | × | to reach |\n| --- | --- | ---: | ---: | --- |\n";
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
        $ratio = $median / $bare;
        $target = TO_REACH[$store][$name] ?? null;
        $mark = $target === null ? '' : sprintf('%.1f × %s', $target, $ratio <= $target ? '✓' : '✗');
        printf("| %s | %s | %.0f | %.2f | %s |\n", $store, $name, $median, $ratio, $mark);
    }
}
