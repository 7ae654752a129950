<?php

declare(strict_types=1);

namespace Payvost\Webhooks;

use Payvost\Webhooks\Internal\Handler;

use function Payvost\Webhooks\Internal\handledResponse;

/**
 * The adapter for plain PHP under any web server: php-fpm, Apache's module, PHP's own server.
 */
final class Sapi
{
    /** Whether the body was sent before the handler returned. */
    private static bool $hasAnswered = false;

    /**
     * Receives the current request as a delivery, and sends the response.
     *
     * ```php
     * Sapi::handle(new WebhookReceiver(getenv('WEBHOOK_SECRET'), $router));
     * ```
     */
    public static function handle(WebhookReceiver $receiver): void
    {
        if (headers_sent($file, $line)) {
            error_log("the response began at {$file}:{$line}, before Sapi::handle(), so its status stays "
                . http_response_code() . ' even if the delivery fails: remove the output there, such as a blank line or a BOM');
        } else {
            // Until the outcome is known. With display_errors on, PHP's status for a fatal error would be 200.
            http_response_code(500);
            header_register_callback(self::beforeHeaders(...));
        }
        self::$hasAnswered = false;
        ob_start(self::beforeOutput(...));
        $level = ob_get_level();
        $response = self::receive($receiver);
        // Discards the handler's output.
        while (ob_get_level() >= $level) {
            ob_end_clean();
        }
        self::send($response);
    }

    /**
     * Sends the response to the current request.
     */
    public static function send(Response $response): void
    {
        if (!headers_sent()) {
            self::sendHead($response->status, $response->headers);
        } elseif (http_response_code() !== $response->status) {
            error_log("the status {$response->status} could not be sent, because the response had begun with the status "
                . http_response_code() . ', which tells Payvost not to retry: remove the output before Sapi::handle()');
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

    /** A handler that flushes or ends the output answers early: it sends the response of a handled delivery. */
    private static function beforeHeaders(): void
    {
        if (self::isInHandler()) {
            self::sendHead(...array_slice(handledResponse(), 0, 2));
        }
    }

    /** Discards the handler's output. If the output ends early, only the response is sent. */
    private static function beforeOutput(string $written, int $phase): string
    {
        $isEnd = ($phase & (PHP_OUTPUT_HANDLER_FINAL | PHP_OUTPUT_HANDLER_CLEAN)) === PHP_OUTPUT_HANDLER_FINAL;
        $isEarly = $isEnd && self::isInHandler();
        self::$hasAnswered = self::$hasAnswered || $isEarly;

        return $isEarly ? handledResponse()[2] : '';
    }

    /** Also false if the handler has ended the script, by `exit` or a fatal error. */
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
