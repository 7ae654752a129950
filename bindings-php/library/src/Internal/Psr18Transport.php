<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Closure;
use InvalidArgumentException;
use Psr\Http\Client\ClientExceptionInterface;
use Psr\Http\Message\RequestFactoryInterface;
use Psr\Http\Message\RequestInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\StreamFactoryInterface;
use RuntimeException;
use SensitiveParameter;
use Throwable;

/**
 * Sends requests with a PSR-18 client.
 *
 * @internal
 */
final class Psr18Transport implements Transport
{
    private const CHUNK_BYTES = 65_536;

    private const EMPTY_READS = 1_000;

    /**
     * @param Closure(RequestInterface, int|null, int): ResponseInterface $send sends a request within a number of milliseconds, and
     *     may stop after this many bytes of the body
     */
    public function __construct(
        private Closure $send,
        private RequestFactoryInterface $requests,
        private StreamFactoryInterface $streams
    ) {
    }

    public function send(
        string $method,
        string $url,
        #[SensitiveParameter]
        array $headers,
        ?string $body,
        ?int $timeLimitMs,
        int $maxBytes
    ): array|string {
        $end = $timeLimitMs === null ? PHP_INT_MAX : hrtime(true) + $timeLimitMs * 1_000_000;
        $request = $this->requests->createRequest($method, $url);
        foreach ($headers as $name => $value) {
            $request = $request->withHeader($name, $value);
        }
        if ($body !== null) {
            $request = $request->withBody($this->streams->createStream($body));
        } elseif ($method === 'POST') {
            $request = $request->withHeader('Content-Length', '0');
        }
        try {
            $response = ($this->send)($request, $timeLimitMs, $maxBytes);
        } catch (TooLarge) {
            return 'too_large';
        } catch (ClientExceptionInterface | InvalidArgumentException $error) {
            return self::fault($error);
        }
        $answered = [];
        foreach ($response->getHeaders() as $name => $values) {
            foreach ($values as $value) {
                array_push($answered, (string) $name, $value);
            }
        }
        $text = self::read($response, $end, $maxBytes);

        return is_string($text) ? [$response->getStatusCode(), $answered, $text] : $text[0];
    }

    /**
     * @return string|array{string} the body, or the fault
     */
    private static function read(ResponseInterface $response, int $end, int $maxBytes): string|array
    {
        $stream = $response->getBody();
        $text = '';
        try {
            if ($stream->isSeekable()) {
                $stream->rewind();
            }
            for ($emptyReads = 0; !$stream->eof(); ) {
                // Symfony's streams warn of a broken connection, and then read nothing.
                $chunk = @$stream->read(self::CHUNK_BYTES);
                $emptyReads = $chunk === '' ? $emptyReads + 1 : 0;
                if ($emptyReads > self::EMPTY_READS) {
                    return ['lost'];
                }
                $text .= $chunk;
                if (strlen($text) > $maxBytes) {
                    $stream->close();

                    return ['too_large'];
                }
                if (hrtime(true) > $end) {
                    $stream->close();

                    return ['timed_out'];
                }
            }
            $stream->close();
        } catch (RuntimeException) {
            return ['lost'];
        }

        return $text;
    }

    /** Guzzle's exceptions have cURL's number of the error. */
    private static function fault(Throwable $error): string
    {
        $context = method_exists($error, 'getHandlerContext') ? $error->getHandlerContext() : [];
        $errno = $context['errno'] ?? null;

        return is_int($errno) ? Curl::fault($errno, (float) ($context['pretransfer_time'] ?? 1)) : 'lost';
    }
}
