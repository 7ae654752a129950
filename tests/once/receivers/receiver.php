<?php
// The receiver in PHP of tests/once: on Redis with leases, or on PostgreSQL as an inbox. Each handler adds a row to "effects".

declare(strict_types=1);

use Payvost\Webhooks\Sapi;
use Payvost\Webhooks\Stores\Claim;
use Payvost\Webhooks\Stores\PdoInbox;
use Payvost\Webhooks\Stores\RedisStore;
use Payvost\Webhooks\WebhookReceiver;
use Payvost\Webhooks\WebhookRouter;

http_response_code(500);
require __DIR__ . '/../../../bindings-php/library/autoload.php';

$name = getenv('RECEIVER');
$connect = fn (): PDO => new PDO(getenv('PDO_DSN'), getenv('PDO_USER'));
$insert = fn (PDO $connection, array $event) => $connection->prepare('INSERT INTO effects (receiver, event) VALUES (?, ?)')
    ->execute([$name, $event['id']]);
$options = ['prefix' => $name, 'leaseSeconds' => (float) getenv('LEASE')];
$router = new WebhookRouter();

if (getenv('REDIS_PORT')) {
    $redis = new Redis();
    $redis->connect('127.0.0.1', (int) getenv('REDIS_PORT'), 2.0, null, 0, 2.0);
    $store = new RedisStore($redis, ...$options);
    $router->on('*', function (array $event) use ($connect, $insert): void {
        $insert($connect(), $event);
    });
} else {
    $store = new PdoInbox($connect, ...$options);
    $store->createTable();
    $router->on('*', function (array $event, Claim $claim) use ($insert): void {
        $insert($claim->connection, $event);
    });
}

Sapi::handle(new WebhookReceiver(getenv('WEBHOOK_SECRET'), $router, store: $store));
