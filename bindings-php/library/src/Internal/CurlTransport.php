<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use CurlHandle;
use SensitiveParameter;

/**
 * Sends requests with PHP's cURL extension, over a connection that stays open.
 *
 * @internal
 */
final class CurlTransport implements Transport
{
    private ?CurlHandle $handle = null;

    private int $process = 0;

    public function send(
        string $method,
        string $url,
        #[SensitiveParameter]
        array $headers,
        ?string $body,
        ?int $timeLimitMs,
        int $maxBytes
    ): array|string {
        $handle = $this->handle();
        [$answered, $headBytes, $text, $fault] = [[], 0, '', null];
        curl_setopt_array($handle, [
            CURLOPT_URL => $url,
            CURLOPT_CUSTOMREQUEST => $method,
            CURLOPT_FOLLOWLOCATION => false,
            CURLOPT_NETRC => false,
            CURLOPT_PROTOCOLS => CURLPROTO_HTTP | CURLPROTO_HTTPS,
            CURLOPT_NOSIGNAL => true,
            CURLOPT_FRESH_CONNECT => Curl::needsFreshConnection($method),
            // 0 would be no limit.
            CURLOPT_TIMEOUT_MS => $timeLimitMs === null ? 0 : max(1, $timeLimitMs),
            // Every coding that cURL can decode.
            CURLOPT_ENCODING => '',
            CURLOPT_HEADERFUNCTION => static function (
                CurlHandle $handle,
                string $line
            ) use (&$answered, &$headBytes, &$fault): int {
                $headBytes += strlen($line);
                if ($headBytes > Limits::MAX_ANSWER_HEADER_BYTES) {
                    $fault = 'malformed';

                    return 0;
                }
                $parts = explode(':', $line, 2);
                if (isset($parts[1])) {
                    array_push($answered, trim($parts[0]), trim($parts[1]));
                } elseif (str_starts_with($line, 'HTTP/')) {
                    // What came before belonged to an interim response.
                    $answered = [];
                }

                return strlen($line);
            },
            CURLOPT_WRITEFUNCTION => static function (
                CurlHandle $handle,
                string $chunk
            ) use (&$text, &$fault, $maxBytes): int {
                if (strlen($text) + strlen($chunk) > $maxBytes) {
                    $fault = 'too_large';

                    return 0;
                }
                $text .= $chunk;

                return strlen($chunk);
            },
        ]);
        // No `Expect: 100-continue`, which would cost a round trip.
        $lines = ['Expect:'];
        foreach ($headers as $name => $value) {
            $lines[] = "{$name}: {$value}";
        }
        if ($body !== null || $method === 'POST') {
            curl_setopt($handle, CURLOPT_POSTFIELDS, $body ?? '');
            if ($body === null) {
                // Without it, cURL would claim that the empty body is a form.
                $lines[] = 'Content-Type:';
            }
        }
        curl_setopt($handle, CURLOPT_HTTPHEADER, $lines);
        curl_exec($handle);
        [$errno, $status] = [curl_errno($handle), (int) curl_getinfo($handle, CURLINFO_RESPONSE_CODE)];
        $pretransfer = (float) curl_getinfo($handle, CURLINFO_PRETRANSFER_TIME);
        // The handle keeps its connections, and nothing of the request.
        curl_reset($handle);

        return match (true) {
            $fault !== null => $fault,
            $errno !== 0 => Curl::fault($errno, $pretransfer),
            default => [$status, $answered, $text],
        };
    }

    /** One per process, because a process must not use the connections of its parent. */
    private function handle(): CurlHandle
    {
        $process = (int) getmypid();
        if ($this->handle === null || $this->process !== $process) {
            $this->handle = curl_init();
            $this->process = $process;
        }

        return $this->handle;
    }
}
