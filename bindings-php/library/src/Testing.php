<?php

declare(strict_types=1);

namespace Payvost\Webhooks;

use InvalidArgumentException;
use SensitiveParameter;
use stdClass;
use Stringable;

/**
 * Tools for the tests of your own handlers.
 *
 * ```php
 * $event = Testing::sampleEvent('payment.succeeded', ['data' => ['amount' => '12.00']]);
 * $request = Testing::signedRequest($event, 'whsec_test');
 * self::assertSame(200, $receiver->receive($request->body, $request->signature)->status);
 * ```
 */
final class Testing
{
    /**
     * A sample event of a documented type. Without `fresh`, every call returns the same.
     *
     * @param array<string, mixed> $overrides replaces values of the sample; an array with keys is merged into the
     *                                        sample's, at any depth
     * @param bool                 $fresh     give the event a unique `id`, and the current time as its `createdAt`: for
     *                                        receivers with a store, and verifiers with a tolerance
     *
     * @return array<string, mixed> as the verifier returns it
     *
     * @throws InvalidArgumentException the type is not documented
     */
    public static function sampleEvent(string $type, array $overrides = [], bool $fresh = false): array
    {
        $payload = Internal\sampleEvent($type) ?? throw new InvalidArgumentException(
            "type must be a documented event type: there is no sample for {$type}"
        );

        $own = $fresh ? ['id' => 'evt_' . bin2hex(random_bytes(12)), 'createdAt' => gmdate('Y-m-d\TH:i:s\Z')] : [];

        return self::merge(json_decode($payload, true, 512, JSON_THROW_ON_ERROR), $overrides + $own);
    }

    /**
     * The request by which Payvost would deliver an event.
     *
     * @param array<string, mixed>|string|Stringable|resource $event an event; or the body as text, as a PSR-7 stream or as
     *     an open file, which is read from its current position
     *
     * @throws InvalidArgumentException the event is something else
     */
    public static function signedRequest(mixed $event, #[SensitiveParameter] string $secret): SignedRequest
    {
        $body = match (true) {
            is_array($event) => self::encode($event),
            is_string($event), $event instanceof Stringable => (string) $event,
            is_resource($event) => (string) stream_get_contents($event),
            default => throw new InvalidArgumentException(
                'event must be an array, a string or a stream, not ' . get_debug_type($event)
            ),
        };
        $signature = sign($body, $secret);
        $headers = ['Content-Type' => 'application/json', 'Payvost-Signature' => $signature];

        return new SignedRequest($body, $headers, $signature);
    }

    /**
     * @param array<array-key, mixed> $sample
     * @param array<array-key, mixed> $overrides
     *
     * @return array<array-key, mixed>
     */
    private static function merge(array $sample, array $overrides): array
    {
        foreach ($overrides as $key => $value) {
            $old = $sample[$key] ?? null;
            $isMerged = is_array($old) && is_array($value) && !array_is_list($old) && !array_is_list($value);
            $sample[$key] = $isMerged ? self::merge($old, $value) : $value;
        }

        return $sample;
    }

    /**
     * @param array<string, mixed> $event
     */
    private static function encode(array $event): string
    {
        foreach (['data', 'previousData'] as $field) {
            // json_encode() would make a list of an empty array; here it is an object.
            if (($event[$field] ?? null) === []) {
                $event[$field] = new stdClass();
            }
        }
        $flags = JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PRESERVE_ZERO_FRACTION;

        return json_encode($event, $flags);
    }
}
