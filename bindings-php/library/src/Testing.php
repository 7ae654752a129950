<?php

declare(strict_types=1);

namespace Payvost\Webhooks;

use InvalidArgumentException;
use SensitiveParameter;
use stdClass;

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
     * A sample event of a documented type, the same in every call.
     *
     * @param array<string, mixed> $overrides replaces what the sample has; an array with keys is merged into the
     *                                        sample's, at any depth
     *
     * @return array<string, mixed> as the verifier returns it
     *
     * @throws InvalidArgumentException the type is not documented
     */
    public static function sampleEvent(string $type, array $overrides = []): array
    {
        $payload = Internal\sampleEvent($type) ?? throw new InvalidArgumentException(
            "there is no sample for {$type}: type must be a documented event type"
        );

        return self::merge(json_decode($payload, true, 512, JSON_THROW_ON_ERROR), $overrides);
    }

    /**
     * The request by which the provider would deliver an event.
     *
     * @param array<string, mixed>|string $event an event, or the body itself
     */
    public static function signedRequest(array|string $event, #[SensitiveParameter] string $secret): SignedRequest
    {
        $body = is_string($event) ? $event : self::encode($event);
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
            // An empty array is an object here, which json_encode() cannot know.
            if (($event[$field] ?? null) === []) {
                $event[$field] = new stdClass();
            }
        }
        $flags = JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PRESERVE_ZERO_FRACTION;

        return json_encode($event, $flags);
    }
}
