<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests\Support;

use Payvost\Webhooks\Testing\Receiver;
use RuntimeException;

/** A plain HTTP client, and helpers for servers. */
final class Http
{
    /**
     * @param list<string> $headers
     * @param list<string> $answered the header lines of the response
     *
     * @return array{int, string} the status and the body
     */
    public static function post(
        string $address,
        string $body,
        array $headers = [],
        array &$answered = [],
        string $path = '/webhooks/payvost'
    ): array {
        $context = stream_context_create(['http' => [
            'method' => 'POST',
            'header' => self::withContentType(['Connection: close', ...$headers]),
            'content' => $body,
            'ignore_errors' => true,
            'timeout' => 60,
        ]]);
        $answer = file_get_contents("http://{$address}{$path}", false, $context);
        if ($answer === false || preg_match('~^HTTP/\S+ (\d+)~', $http_response_header[0] ?? '', $match) !== 1) {
            throw new RuntimeException('the server gave no answer');
        }

        $answered = $http_response_header;

        return [(int) $match[1], $answer];
    }

    public static function freePort(): int
    {
        return (int) explode(':', Receiver::freeAddress())[1];
    }

    /**
     * Waits until the process listens at an address such as `tcp://127.0.0.1:80`.
     *
     * @param resource $process
     */
    public static function isReady($process, string $address): bool
    {
        for ($attempt = 0; $attempt < 1000 && proc_get_status($process)['running']; ++$attempt) {
            $connection = @stream_socket_client($address);
            if ($connection !== false) {
                fclose($connection);

                return true;
            }
            usleep(10_000);
        }

        return false;
    }

    /**
     * @param list<string> $headers
     *
     * @return list<string>
     */
    private static function withContentType(array $headers): array
    {
        $hasOne = preg_grep('~^content-type:~i', $headers) !== [];

        return $hasOne ? $headers : ['Content-Type: application/json', ...$headers];
    }
}
