<?php
// The guide's PHP receiver, at /guide with its own function and at /ours with the extension's.

require __DIR__ . '/guide.php';
$verifyWebhook = ['/guide' => 'Guide\verifyWebhook', '/ours' => 'Payvost\Webhooks\verifyWebhook'][$_SERVER['REQUEST_URI']];

$signature = $_SERVER['HTTP_PAYVOST_SIGNATURE'] ?? null;
$payload = file_get_contents('php://input');
$secret = getenv('WEBHOOK_SECRET');

try {
    $event = $verifyWebhook($payload, $signature, $secret);
    handleWebhookEvent($event);
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
