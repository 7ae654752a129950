<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Closure;
use Payvost\Webhooks\ApiException;
use Payvost\Webhooks\ConfigurationException;
use Payvost\Webhooks\Manage\Attempt;
use Payvost\Webhooks\Manage\LastResponse;
use Payvost\Webhooks\Manage\Page;
use SensitiveParameter;
use Throwable;

/**
 * Runs calls of the management API: the extension asks for a request or a pause, and this class sends the one and waits for the
 * other.
 *
 * @internal
 */
final class Management
{
    private ?LastResponse $lastResponse = null;

    /**
     * @param (Closure(Attempt): mixed)|null $beforeRequest
     * @param (Closure(Attempt): mixed)|null $afterResponse
     */
    public function __construct(
        private ManageClient $client,
        private Transport $transport,
        private ManageHost $host,
        private ?Closure $beforeRequest,
        private ?Closure $afterResponse
    ) {
    }

    public function lastResponse(): ?LastResponse
    {
        return $this->lastResponse;
    }

    /**
     * The data of the response.
     *
     * @param array<string, mixed> $parameters
     * @param array<string, mixed> $options
     *
     * @throws ApiException
     * @throws ConfigurationException
     */
    public function call(string $operation, array $parameters, array $options): mixed
    {
        return $this->run($this->begin($operation, self::json($parameters), $options))->result();
    }

    /**
     * @param array<string, mixed>|string $parameters also as JSON
     * @param array<string, mixed> $options
     *
     * @throws ApiException
     * @throws ConfigurationException
     */
    public function page(string $operation, array|string $parameters, array $options): Page
    {
        $json = is_array($parameters) ? self::json($parameters) : $parameters;
        $call = $this->run($this->begin($operation, $json, $options));
        $data = $call->result();
        [$total, $next] = $call->page();
        $following = $next === null ? null : fn (): Page => $this->page($operation, $next, $options);

        return new Page($data, $total, $following);
    }

    /**
     * The request that a call would send, as an array with the key redacted.
     *
     * @param array<string, mixed> $parameters
     * @param array<string, mixed> $options
     *
     * @return array{method: string, url: string, headers: array<string, string>, body: array<string, mixed>|null}
     *
     * @throws ConfigurationException
     */
    public function dryRun(string $operation, array $parameters, array $options): array
    {
        $request = $this->begin($operation, self::json($parameters), $options)->dryRun();

        return json_decode($request, true, 512, JSON_THROW_ON_ERROR);
    }

    /**
     * JSON for the extension, which refuses false: what JSON cannot hold.
     *
     * @param array<string, mixed> $values
     */
    public static function json(array $values): string|false
    {
        return json_encode($values, JSON_PRESERVE_ZERO_FRACTION | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
    }

    /**
     * @param array<string, mixed> $options
     */
    private function begin(string $operation, string|false $parameters, array $options): ManageCall
    {
        $host = $this->host;

        return $this->client->call(
            $operation,
            $parameters,
            self::json($options),
            $host->key(),
            $host->elapsedMs(),
            $host->unixMs()
        );
    }

    private function run(ManageCall $call): ManageCall
    {
        $host = $this->host;
        try {
            while (($ask = $call->ask()) !== null) {
                if ($ask[0] === 'request') {
                    $this->request($call, ...array_slice($ask, 1));
                } elseif ($host->pause($ask[1])) {
                    $call->waited($host->elapsedMs(), $host->unixMs());
                } else {
                    $call->failed('cancelled', $host->elapsedMs(), $host->unixMs(), 0);
                }
            }
        } finally {
            $this->lastResponse = new LastResponse(...$call->facts());
        }

        return $call;
    }

    /**
     * @param array<string, string> $headers
     */
    private function request(
        ManageCall $call,
        string $method,
        string $url,
        #[SensitiveParameter]
        array $headers,
        ?string $body,
        ?int $timeLimitMs,
        int $maxBytes
    ): void {
        $host = $this->host;
        $attempt = $call->attempt();
        self::notify($this->beforeRequest, $attempt);
        $span = Span::start($call->route(), $url, ...$attempt);
        try {
            $answer = $this->transport->send($method, $url, $headers, $body, $timeLimitMs, $maxBytes);
        } finally {
            $span?->end($answer ?? null);
        }
        [$elapsedMs, $unixMs, $bits] = [$host->elapsedMs(), $host->unixMs(), $host->bits()];
        if (is_string($answer)) {
            $call->failed($answer, $elapsedMs, $unixMs, $bits);
        } else {
            $call->responded($answer[0], $answer[1], $answer[2], $elapsedMs, $unixMs, $bits);
        }
        self::notify($this->afterResponse, [...$attempt, ...$call->ended()]);
    }

    /**
     * A hook that fails changes nothing.
     *
     * @param list<mixed> $attempt
     */
    private static function notify(?Closure $hook, array $attempt): void
    {
        try {
            $hook === null || $hook(new Attempt(...$attempt));
        } catch (Throwable $error) {
            error_log('a hook of the Payvost client has thrown ' . get_debug_type($error));
        }
    }
}
