<?php
// The sample of the provider's guide, word for word, and the same compared in constant time.

namespace Guide;

use Exception;

function verifyWebhook($payload, $signature, $secret) {
    $expectedSignature = hash_hmac('sha256', $payload, $secret);
    
    if ($signature !== $expectedSignature) {
        throw new Exception('Invalid webhook signature');
    }
    
    return json_decode($payload, true);
}

function verifyWebhookSafely($payload, $signature, $secret) {
    $expectedSignature = hash_hmac('sha256', $payload, $secret);

    if (!hash_equals($expectedSignature, $signature)) {
        throw new Exception('Invalid webhook signature');
    }

    return json_decode($payload, true);
}
