<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests\Support;

/** An event, a secret, and their signature from PHP's own hash_hmac(). */
final class Sample
{
    public const SECRET = 'whsec_test_0123456789abcdef';

    public const EVENT = '{"id":"evt_1","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z","liveMode":true,'
        . '"data":{"id":"pay_1","amount":"99.99"},"previousData":null}';

    public static function sign(string $payload, string $secret = self::SECRET): string
    {
        return hash_hmac('sha256', $payload, $secret);
    }

    /** An event with any JSON in `data.x`. */
    public static function with(string $json): string
    {
        return '{"id":"evt_1","type":"test.created","createdAt":"2025-11-01T10:00:00Z","liveMode":false,"data":{"x":'
            . $json . '}}';
    }
}
