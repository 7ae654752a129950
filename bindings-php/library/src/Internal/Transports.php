<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use GuzzleHttp\Client as Guzzle;
use GuzzleHttp\ClientInterface as GuzzleClient;
use GuzzleHttp\Psr7\FnStream;
use GuzzleHttp\Psr7\HttpFactory;
use GuzzleHttp\Psr7\Utils;
use Nyholm\Psr7\Factory\Psr17Factory;
use Payvost\Webhooks\ConfigurationException;
use Psr\Http\Client\ClientExceptionInterface;
use Psr\Http\Client\ClientInterface;
use Psr\Http\Message\RequestFactoryInterface;
use Psr\Http\Message\RequestInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\StreamFactoryInterface;
use Symfony\Component\HttpClient\HttpClient as Symfony;
use Symfony\Component\HttpClient\Psr18Client;

/**
 * Finds the way to send requests: the client that was given, or else Guzzle, cURL or Symfony's HTTP client.
 *
 * @internal
 */
final class Transports
{
    /**
     * @throws ConfigurationException `invalid_option`
     */
    public static function of(mixed $client, mixed $requestFactory, mixed $streamFactory): Transport
    {
        if ($client instanceof Transport) {
            return $client;
        }
        if ($client !== null && !$client instanceof ClientInterface) {
            refuseOption('httpClient must be a PSR-18 client', 'Pass an object of Psr\Http\Client\ClientInterface, or leave it out.');
        }
        $client ??= self::discovered();
        if (!$client instanceof ClientInterface) {
            return new CurlTransport();
        }
        [$requests, $streams] = self::factories($client);
        $requests = $requestFactory ?? $requests;
        $streams = $streamFactory ?? $streams ?? ($requests instanceof StreamFactoryInterface ? $requests : null);
        if (!$requests instanceof RequestFactoryInterface || !$streams instanceof StreamFactoryInterface) {
            refuseOption(
                'httpClient needs a requestFactory and a streamFactory of PSR-17',
                'Pass both, or install guzzlehttp/psr7 or nyholm/psr7.'
            );
        }

        return new Psr18Transport(self::sender($client), $requests, $streams);
    }

    /** Null: cURL. */
    private static function discovered(): ?ClientInterface
    {
        if (class_exists(Guzzle::class) && is_subclass_of(Guzzle::class, ClientInterface::class) && self::hasGuzzleFactory()) {
            return new Guzzle();
        }
        if (extension_loaded('curl')) {
            return null;
        }
        if (class_exists(Psr18Client::class) && interface_exists(ClientInterface::class) && class_exists(Psr17Factory::class)) {
            return new Psr18Client(Symfony::create(['max_redirects' => 0]));
        }
        refuseOption('httpClient is missing, and so is cURL', 'Install the PHP extension curl, or pass a PSR-18 client.');
    }

    private static function hasGuzzleFactory(): bool
    {
        return class_exists(HttpFactory::class);
    }

    /**
     * The PSR-17 factories that go with a client.
     *
     * @return array{RequestFactoryInterface|null, StreamFactoryInterface|null}
     */
    private static function factories(ClientInterface $client): array
    {
        $factory = match (true) {
            $client instanceof RequestFactoryInterface && $client instanceof StreamFactoryInterface => $client,
            self::hasGuzzleFactory() => new HttpFactory(),
            class_exists(Psr17Factory::class) => new Psr17Factory(),
            default => null,
        };

        return [$factory, $factory];
    }

    /**
     * The clients that can be told how long a request may take are told, and that they must not follow redirects.
     *
     * @return \Closure(RequestInterface, int|null, int): ResponseInterface
     */
    private static function sender(ClientInterface $client): \Closure
    {
        if ($client instanceof GuzzleClient) {
            return static fn (RequestInterface $request, ?int $limit, int $maxBytes): ResponseInterface
                => self::sendByGuzzle($client, $request, $limit, $maxBytes);
        }
        if ($client instanceof Psr18Client && method_exists($client, 'withOptions')) {
            return static function (RequestInterface $request, ?int $limit) use ($client): ResponseInterface {
                $seconds = $limit === null ? 0 : max(1, $limit) / 1_000;

                return $client->withOptions(['max_redirects' => 0, 'max_duration' => $seconds])->sendRequest($request);
            };
        }

        return static fn (RequestInterface $request): ResponseInterface => $client->sendRequest($request);
    }

    private static function sendByGuzzle(
        GuzzleClient $client,
        RequestInterface $request,
        ?int $limit,
        int $maxBytes
    ): ResponseInterface {
        $bytes = 0;
        $body = Utils::streamFor('');
        $sink = FnStream::decorate($body, ['write' => static function (string $chunk) use ($body, &$bytes, $maxBytes): int {
            $bytes += strlen($chunk);

            return $bytes > $maxBytes ? 0 : $body->write($chunk);
        }]);
        $seconds = $limit === null ? 0 : max(1, $limit) / 1_000;
        try {
            $response = $client->send($request, [
                'allow_redirects' => false,
                'auth' => null,
                'connect_timeout' => $seconds,
                'cookies' => false,
                'decode_content' => true,
                'expect' => false,
                'http_errors' => false,
                'read_timeout' => $seconds,
                'sink' => $sink,
                'stream' => false,
                'timeout' => $seconds,
            ]);
        } catch (ClientExceptionInterface $error) {
            throw $bytes > $maxBytes ? new TooLarge() : $error;
        }
        if ($bytes > $maxBytes) {
            throw new TooLarge();
        }

        return $response;
    }
}
