<?php
// The receiver of the provider's guide for PHP. Only the line that stands for the shop's work was added.

function verifyWebhook($payload, $signature, $secret) {
    $expectedSignature = hash_hmac('sha256', $payload, $secret);
    
    if ($signature !== $expectedSignature) {
        throw new Exception('Invalid webhook signature');
    }
    
    return json_decode($payload, true);
}

$signature = $_SERVER['HTTP_PAYVOST_SIGNATURE'];
$payload = file_get_contents('php://input');
$secret = getenv('WEBHOOK_SECRET');

try {
    $event = verifyWebhook($payload, $signature, $secret);
    error_log('paid: ' . ($event['id'] ?? ''));
    http_response_code(200);
    echo json_encode(['received' => true]);
} catch (Exception $e) {
    http_response_code(400);
    echo 'Invalid signature';
}
