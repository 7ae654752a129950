<?php
// Receives Payvost's webhooks with PHP.

declare(strict_types=1);

use Payvost\Webhooks\ConfigurationException;
use Payvost\Webhooks\WebhookException;

use function Payvost\Webhooks\verifyWebhook;

// Holds until the event has been handled: PHP would answer a fatal error with 200 where display_errors is on.
http_response_code(500);

if (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) !== '/webhooks/payvost') {
    http_response_code(404);
    exit;
}
if ($_SERVER['REQUEST_METHOD'] !== 'POST') {
    http_response_code(405);
    header('Allow: POST');
    exit;
}

$signature = $_SERVER['HTTP_PAYVOST_SIGNATURE'] ?? null;
// The limit bounds what is read into memory; more than 1 MiB is refused by the library, with a reason.
$payload = file_get_contents('php://input', length: 2 * 1024 * 1024);
$secret = getenv('WEBHOOK_SECRET');

try {
    $event = verifyWebhook($payload, $signature, $secret);
    handleWebhookEvent($event);
    http_response_code(200);
    header('Content-Type: application/json');
    echo json_encode(['received' => true]);
} catch (ConfigurationException $e) {
    // Not the sender's fault: 500, and the event comes again.
    error_log("WEBHOOK_SECRET cannot be used: {$e->getMessage()}. {$e->getHint()}");
    header('Content-Type: text/plain');
    echo 'Webhook verification failed: ', $e->getErrorCode();
} catch (WebhookException $e) {
    error_log("Webhook verification failed: {$e->getMessage()}. {$e->getHint()}");
    http_response_code(400);
    header('Content-Type: text/plain');
    echo 'Webhook verification failed: ', $e->getErrorCode();
}

function handleWebhookEvent(array $event): void
{
    $data = $event['data'];
    switch ($event['type']) {
        case 'payment.succeeded':
            error_log('Paid: ' . ($data['amount'] ?? '?') . ' ' . ($data['currency'] ?? '?'));
            break;
        case 'payment.failed':
            error_log('Not paid: ' . ($data['failureCode'] ?? '?'));
            break;
        default:
            // New types may come at any time: let pass, they are not sent again and again.
            error_log("Unhandled event type: {$event['type']} {$event['id']}");
    }
}
