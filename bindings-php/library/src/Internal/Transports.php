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
 * Finds the way to send requests: the client that was given, or else Guzzle, Symfony's HTTP client or cURL.
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
        if ($client === null) {
            return self::discovered();
        }
        // Symfony's client is a factory itself, but only in the company of another one.
        $factory = self::factory() ?? $client;
        [$requests, $streams] = [$requestFactory ?? $factory, $streamFactory ?? $factory];
        if (!$requests instanceof RequestFactoryInterface || !$streams instanceof StreamFactoryInterface) {
            refuseOption(
                'httpClient needs a requestFactory and a streamFactory of PSR-17',
                'Pass both, or install guzzlehttp/psr7 or nyholm/psr7.'
            );
        }

        return new Psr18Transport(self::sender($client), $requests, $streams);
    }

    private static function discovered(): Transport
    {
        $factory = interface_exists(ClientInterface::class) ? self::factory() : null;
        if ($factory !== null && is_subclass_of(Guzzle::class, ClientInterface::class)) {
            return new Psr18Transport(self::sender(new Guzzle()), $factory, $factory);
        }
        if ($factory !== null && class_exists(Psr18Client::class) && method_exists(Symfony::class, 'create')) {
            $client = Symfony::create();
            $send = static function (RequestInterface $request, ?int $limit, int $maxBytes) use ($client, $factory): ResponseInterface {
                $client = $client->withOptions(self::symfonyOptions($request, $limit, $maxBytes));

                return (new Psr18Client($client, $factory, $factory))->sendRequest($request);
            };

            return new Psr18Transport($send, $factory, $factory);
        }
        if (extension_loaded('curl')) {
            return new CurlTransport();
        }
        refuseOption('httpClient is missing, and so is cURL', 'Install the PHP extension curl, or pass a PSR-18 client.');
    }

    /** The PSR-17 factory that is installed. */
    private static function factory(): HttpFactory|Psr17Factory|null
    {
        return match (true) {
            class_exists(HttpFactory::class) => new HttpFactory(),
            class_exists(Psr17Factory::class) => new Psr17Factory(),
            default => null,
        };
    }

    /**
     * Sets the time limit of each request and turns redirects off, for the clients that have such options.
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
            return static fn (RequestInterface $request, ?int $limit, int $maxBytes): ResponseInterface
                => $client->withOptions(self::symfonyOptions($request, $limit, $maxBytes))->sendRequest($request);
        }

        return static fn (RequestInterface $request): ResponseInterface => $client->sendRequest($request);
    }

    /** @return array<string, mixed> */
    private static function symfonyOptions(RequestInterface $request, ?int $limit, int $maxBytes): array
    {
        $seconds = $limit === null ? 0 : max(1, $limit) / 1_000;

        return [
            'extra' => ['curl' => self::curlOptions($request)],
            'max_redirects' => 0,
            'max_duration' => $seconds,
            // Otherwise the client would go on reading while the server goes on sending.
            'on_progress' => static function (int $bytes) use ($maxBytes): void {
                if ($bytes > $maxBytes) {
                    throw new TooLarge();
                }
            },
        ] + ($limit === null ? [] : ['timeout' => $seconds]);
    }

    /** @return array<int, bool> */
    private static function curlOptions(RequestInterface $request): array
    {
        $isFresh = extension_loaded('curl') && Curl::needsFreshConnection($request->getMethod());

        return $isFresh ? [CURLOPT_FRESH_CONNECT => true] : [];
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
                'curl' => self::curlOptions($request) + (array) $client->getConfig('curl'),
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
