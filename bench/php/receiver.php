<?php
// The guide's PHP receiver, at /guide with its own function and at /ours with the extension's. At /guide-redis it remembers events as the guide
// does, and at /ours-redis the package's receiver does with its store.

use Payvost\Webhooks\Sapi;
use Payvost\Webhooks\Stores\RedisStore;
use Payvost\Webhooks\WebhookReceiver;
use Payvost\Webhooks\WebhookRouter;

if ($_SERVER['REQUEST_URI'] === '/ours-redis') {
    require __DIR__ . '/../../bindings-php/library/autoload.php';
    $router = (new WebhookRouter())->on('payment.succeeded', processEvent(...));
    Sapi::handle(new WebhookReceiver(getenv('WEBHOOK_SECRET'), $router, store: new RedisStore(connect(...), prefix: 'ours')));
    exit;
}

require __DIR__ . '/guide.php';
$verifyWebhook = $_SERVER['REQUEST_URI'] === '/ours' ? 'Payvost\Webhooks\verifyWebhook' : 'Guide\verifyWebhook';
$handle = $_SERVER['REQUEST_URI'] === '/guide-redis' ? 'handleUnlessMarked' : 'handleWebhookEvent';

$signature = $_SERVER['HTTP_PAYVOST_SIGNATURE'] ?? null;
$payload = file_get_contents('php://input');
$secret = getenv('WEBHOOK_SECRET');

try {
    $event = $verifyWebhook($payload, $signature, $secret);
    $handle($event);
    http_response_code(200);
    echo json_encode(['received' => true]);
} catch (Exception $e) {
    http_response_code(400);
    echo 'Invalid signature';
}

function handleWebhookEvent(array $event): void
{
    if ($event['type'] !== 'payment.succeeded') {
        http_response_code(500);
        exit;
    }
}

function handleUnlessMarked(array $event): void
{
    $redis = connect();
    if ($redis->get("webhook:{$event['id']}")) {
        return;
    }
    processEvent($event);
    $redis->setex("webhook:{$event['id']}", 86400, 'true');
}

function processEvent(array $event): void
{
    file_put_contents(getenv('EFFECTS'), "{$event['id']}\n", FILE_APPEND);
}

function connect(): Redis
{
    $redis = new Redis();
    $redis->connect('127.0.0.1', (int) getenv('REDIS_PORT'), 1.0);

    return $redis;
}
