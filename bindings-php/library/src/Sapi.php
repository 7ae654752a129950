<?php

declare(strict_types=1);

namespace Payvost\Webhooks;

/**
 * Plain PHP, whatever the web server: php-fpm, Apache's module, PHP's own server.
 */
final class Sapi
{
    /**
     * Receives the current request as a delivery, and sends the answer.
     *
     * ```php
     * Sapi::handle(new WebhookReceiver(getenv('WEBHOOK_SECRET'), $router));
     * ```
     */
    public static function handle(WebhookReceiver $receiver): void
    {
        // Holds until the answer is known: PHP would answer a fatal error with 200 where display_errors is on.
        http_response_code(500);
        $input = fopen('php://input', 'rb');
        self::send($receiver->receiveFrom(new IncomingRequest(
            $input === false ? null : static fn (int $bytes): string|false => fread($input, $bytes),
            $_SERVER['HTTP_PAYVOST_SIGNATURE'] ?? null,
            $_SERVER['CONTENT_LENGTH'] ?? null,
            $_SERVER['HTTP_TRANSFER_ENCODING'] ?? null,
            $_POST !== [] || $_FILES !== [],
            $_SERVER['REQUEST_METHOD'] ?? null
        )));
    }

    /**
     * Sends an answer to the current request.
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
