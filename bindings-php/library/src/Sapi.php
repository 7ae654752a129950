<?php

declare(strict_types=1);

namespace Payvost\Webhooks;

use Payvost\Webhooks\Internal\Handler;

use function Payvost\Webhooks\Internal\handledResponse;

/**
 * Plain PHP, whatever the web server: php-fpm, Apache's module, PHP's own server.
 */
final class Sapi
{
    /** Whether the body has been sent before the handler returned. */
    private static bool $hasAnswered = false;

    /**
     * Receives the current request as a delivery, and sends the answer.
     *
     * ```php
     * Sapi::handle(new WebhookReceiver(getenv('WEBHOOK_SECRET'), $router));
     * ```
     */
    public static function handle(WebhookReceiver $receiver): void
    {
        if (headers_sent($file, $line)) {
            error_log("the response began at {$file}:{$line}, before Sapi::handle(), so that its status is "
                . http_response_code() . ' even if the delivery fails: remove what is written there, such as a blank line');
        } else {
            // Holds until the answer is known: PHP would answer a fatal error with 200 where display_errors is on.
            http_response_code(500);
            header_register_callback(self::beforeHeaders(...));
        }
        self::$hasAnswered = false;
        ob_start(self::beforeOutput(...));
        $level = ob_get_level();
        $response = self::receive($receiver);
        // What the handler has written is not for Payvost.
        while (ob_get_level() >= $level) {
            ob_end_clean();
        }
        self::send($response);
    }

    /**
     * Sends an answer to the current request.
     */
    public static function send(Response $response): void
    {
        if (!headers_sent()) {
            self::sendHead($response->status, $response->headers);
        } elseif (http_response_code() !== $response->status) {
            error_log("the status {$response->status} could not be sent, because the response had begun with the status "
                . http_response_code() . ': Payvost takes the delivery for received');
        }
        if (!self::$hasAnswered) {
            echo $response->body;
        }
        self::$hasAnswered = false;
    }

    /**
     * @param array<string, string> $headers
     */
    private static function sendHead(int $status, array $headers): void
    {
        http_response_code($status);
        foreach ($headers as $name => $value) {
            header("{$name}: {$value}");
        }
    }

    private static function receive(WebhookReceiver $receiver): Response
    {
        $input = fopen('php://input', 'rb');

        return $receiver->receiveFrom(new IncomingRequest(
            $input === false ? null : static fn (int $bytes): string|false => fread($input, $bytes),
            $_SERVER['HTTP_PAYVOST_SIGNATURE'] ?? null,
            $_SERVER['CONTENT_LENGTH'] ?? null,
            $_SERVER['HTTP_TRANSFER_ENCODING'] ?? null,
            $_POST !== [] || $_FILES !== [],
            $_SERVER['REQUEST_METHOD'] ?? null
        ));
    }

    /** The handler answers early when it flushes or ends the output: what is sent then is what a delivery that is handled gets. */
    private static function beforeHeaders(): void
    {
        if (self::isInHandler()) {
            self::sendHead(...array_slice(handledResponse(), 0, 2));
        }
    }

    /** Drops what is written while a delivery is received. Where the output ends early, the answer is all that is sent. */
    private static function beforeOutput(string $written, int $phase): string
    {
        $isEarly = ($phase & PHP_OUTPUT_HANDLER_FINAL) !== 0 && ($phase & PHP_OUTPUT_HANDLER_CLEAN) === 0 && self::isInHandler();
        self::$hasAnswered = self::$hasAnswered || $isEarly;

        return $isEarly ? handledResponse()[2] : '';
    }

    /** False also when the script has ended in the middle of it, by `exit` or a fatal error. */
    private static function isInHandler(): bool
    {
        foreach (debug_backtrace(DEBUG_BACKTRACE_IGNORE_ARGS) as $frame) {
            if (($frame['class'] ?? null) === Handler::class) {
                return true;
            }
        }

        return false;
    }
}
