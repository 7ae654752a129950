<?php
// Receives Payvost webhooks with PHP. Each event is handled once, no matter how often it is delivered.

declare(strict_types=1);

use Payvost\Webhooks\Sapi;
use Payvost\Webhooks\Stores\PdoStore;
use Payvost\Webhooks\WebhookReceiver;
use Payvost\Webhooks\WebhookRouter;

// With display_errors on, PHP answers a fatal error with 200, and the event would be lost.
http_response_code(500);

// In a project with Composer: require __DIR__ . '/../vendor/autoload.php';
require __DIR__ . '/../../../bindings-php/library/autoload.php';

if (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) !== '/webhooks/payvost') {
    http_response_code(404);
    exit;
}

$router = (new WebhookRouter())
    ->on('payment.succeeded', function (array $event): void {
        error_log("paid: {$event['id']} " . ($event['data']['amount'] ?? '?') . ' ' . ($event['data']['currency'] ?? '?'));
    })
    ->on('transfer.*', function (array $event): void {
        error_log("transfer: {$event['id']} {$event['type']}");
    })
    ->on('*', function (array $event): void {
        error_log("other: {$event['id']} {$event['type']}");
    });

// Requests do not share memory, so they share a file. On several machines, use a database server or Redis (RedisStore).
$database = getenv('CLAIMS_DB') ?: __DIR__ . '/../claims.db';
$store = new PdoStore(fn (): PDO => new PDO("sqlite:{$database}", options: [PDO::ATTR_TIMEOUT => 2]));
$store->createTable(); // does nothing if the table exists; in your project, do this when you deploy

Sapi::handle(new WebhookReceiver(getenv('WEBHOOK_SECRET'), $router, store: $store));
