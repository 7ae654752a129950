<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests\Support;

use Payvost\Webhooks\Testing;

/** Deliveries for receivers: the documented events, and those to refuse. */
final class Deliveries
{
    public const TYPES = [
        'payment.created', 'payment.succeeded', 'payment.failed', 'payment.refunded',
        'transfer.created', 'transfer.completed', 'transfer.failed',
        'wallet.created', 'wallet.balance_updated', 'wallet.frozen',
        'user.created', 'user.kyc_submitted', 'user.kyc_verified', 'user.kyc_rejected',
        'fraud.alert_created', 'fraud.transaction_blocked',
    ];

    /**
     * @return array<string, array{string, string|null, int, string}> body, signature, status and code, by name
     */
    public static function refused(): array
    {
        $event = Testing::signedRequest(Testing::sampleEvent('payment.succeeded'), Sample::SECRET);
        [$body, $signature] = [$event->body, $event->signature];
        $signed = static fn (string $body): array => [$body, Sample::sign($body)];
        $large = str_pad($body, 1024 * 1024 + 1);

        return [
            'no header' => [$body, null, 400, 'missing_signature'],
            'upper case' => [$body, strtoupper($signature), 400, 'malformed_signature'],
            'prefix' => [$body, "sha256={$signature}", 400, 'malformed_signature'],
            'joined twice' => [$body, "{$signature}, {$signature}", 400, 'malformed_signature'],
            'another secret' => [$body, Sample::sign($body, 'whsec_another'), 400, 'signature_mismatch'],
            'another byte' => ["{$body}\n", $signature, 400, 'signature_mismatch'],
            'not JSON' => [...$signed('signed'), 400, 'invalid_json'],
            'a key twice' => [...$signed('{"id":"evt_1","id":"evt_2"}'), 400, 'invalid_json'],
            'not an event' => [...$signed('[]'), 400, 'invalid_event'],
            'empty' => [...$signed(''), 400, 'invalid_json'],
            'too large' => [...$signed($large), 413, 'payload_too_large'],
        ];
    }

    /** The log lines of the pages' handlers for a sample event. */
    public static function logged(string $type, string $id): string
    {
        return match (true) {
            $type === 'payment.succeeded' => 'paid: pay_abc123 99.99 USD',
            str_starts_with($type, 'fraud.') => "look at this: {$type} {$id}",
            default => "unhandled: {$type} {$id}",
        };
    }
}
