<?php

// The receiver of the provider's guide, with an import instead of the guide's own verifyWebhook().

use function Payvost\Webhooks\verifyWebhook;

$header = $_SERVER['HTTP_PAYVOST_SIGNATURE'];
$body = file_get_contents('php://input');
$key = getenv('WEBHOOK_SECRET');

try {
    $event = verifyWebhook($body, $header, $key);
    file_put_contents(getenv('RECEIVED'), $event['type'] . ' ' . $event['data']['id'] . "\n", FILE_APPEND);
    http_response_code(200);
    echo json_encode(['received' => true]);
} catch (Exception $problem) {
    http_response_code(400);
    echo 'Invalid signature';
}
