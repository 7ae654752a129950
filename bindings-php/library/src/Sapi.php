<?php

declare(strict_types=1);

namespace Payvost\Webhooks;

use Payvost\Webhooks\Internal\RawBody;

/**
 * Plain PHP, whatever the web server: php-fpm, Apache's module, PHP's own server.
 */
final class Sapi
{
    /**
     * Receives the delivery that the current request is, and sends the answer.
     *
     * ```php
     * Sapi::handle(new WebhookReceiver(getenv('WEBHOOK_SECRET'), $router));
     * ```
     */
    public static function handle(WebhookReceiver $receiver): void
    {
        // Holds until the answer is known: PHP would answer a fatal error with 200 where display_errors is on.
        http_response_code(500);
        $read = static function (WebhookVerifier $verifier): ?string {
            $input = fopen('php://input', 'rb');
            $chunk = static fn (int $bytes) => $input === false ? false : fread($input, $bytes);
            $isParsed = $_POST !== [] || $_FILES !== [];

            return RawBody::read($chunk, (string) ($_SERVER['CONTENT_LENGTH'] ?? ''), $isParsed, $verifier);
        };
        self::send($receiver->receiveFrom($read, $_SERVER['HTTP_PAYVOST_SIGNATURE'] ?? null));
    }

    /**
     * Sends an answer as that of the current request.
     */
    public static function send(Response $response): void
    {
        http_response_code($response->status);
        foreach ($response->headers as $name => $value) {
            header("{$name}: {$value}");
        }
        echo $response->body;
    }
}
