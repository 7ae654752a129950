<?php

// A worker that takes the steps of claims one by one: php worker.php STORE_URL SECRET, with the extension loaded.
//
// One line of JSON in, one line out. {"do":"claim","body":"…","signature":"…"} verifies and claims, and gives
// {"reply":"claimed","number":1}; {"do":"complete"} and {"do":"release","error":"TimeoutError"} end the last claim, and give
// {"reply":true}, or false when it is no longer this worker's. {"do":"deliver","body":"…","signature":"…"} gives {"status":200} of a
// receiver, whose handler adds a line to the file EFFECTS: the event, WORKER, and the time.

declare(strict_types=1);

use Payvost\Webhooks\Internal\Delivery;
use Payvost\Webhooks\Internal\Receiver;
use Payvost\Webhooks\Internal\RouteTable;
use Payvost\Webhooks\Stores\Claim;
use Payvost\Webhooks\Stores\ClaimRequest;
use Payvost\Webhooks\Stores\PdoStore;
use Payvost\Webhooks\Stores\RedisStore;
use Payvost\Webhooks\Stores\Store;
use Payvost\Webhooks\WebhookReceiver;
use Payvost\Webhooks\WebhookVerifier;

require __DIR__ . '/../../bindings-php/library/autoload.php';

function open(string $url): Store
{
    $parts = parse_url($url);
    if ($parts['scheme'] === 'redis') {
        return new RedisStore(static function () use ($parts): Redis {
            $redis = new Redis();
            $redis->connect($parts['host'], $parts['port']);

            return $redis;
        });
    }
    if ($parts['scheme'] === 'redis-cluster') {
        $connect = static fn (): RedisCluster => new RedisCluster(null, ["{$parts['host']}:{$parts['port']}"], 0.5, 1.0);

        return new RedisStore($connect, leaseSeconds: (float) (getenv('LEASE') ?: 60));
    }
    $address = static fn (string $driver): string => "{$driver}:host={$parts['host']};port={$parts['port']};dbname="
        . ltrim($parts['path'], '/');
    $store = new PdoStore(static fn (): PDO => match ($parts['scheme']) {
        'sqlite' => new PDO("sqlite:{$parts['path']}"),
        'postgres' => new PDO($address('pgsql'), $parts['user']),
        'mysql' => new PDO($address('mysql'), $parts['user']),
    });
    $store->createTable();

    return $store;
}

function claim(Store $store, WebhookVerifier $verifier, string $body, string $signature, ?Claim &$claim): array
{
    $routes = new RouteTable();
    $routes->add('*');
    $delivery = new Delivery(new Receiver($verifier, $store->policy(), $routes, false), null);
    $request = new ClaimRequest(...$delivery->verify($body, $signature)[2]);
    $claim = new Claim($store, $request->key, bin2hex(random_bytes(16)));
    [$word, $number] = $store->claim($request, $claim->token);

    return ['reply' => $word, 'number' => $number];
}

[, $url, $secret] = $argv;
[$store, $verifier, $claim] = [open(str_replace('sqlite:///', 'sqlite://localhost/', $url)), new WebhookVerifier($secret), null];
$handle = static fn (array $event) => file_put_contents(
    getenv('EFFECTS'),
    sprintf("%s\t%s\t%.6f\n", $event['id'], getenv('WORKER'), microtime(true)),
    FILE_APPEND
);
$receiver = new WebhookReceiver($secret, $handle, store: $store);
while (($line = fgets(STDIN)) !== false) {
    $step = json_decode($line, true, 512, JSON_THROW_ON_ERROR);
    $answer = match ($step['do']) {
        'claim' => claim($store, $verifier, $step['body'], $step['signature'], $claim),
        'deliver' => ['status' => $receiver->receive($step['body'], $step['signature'])->status],
        'complete' => ['reply' => $claim->complete()],
        'release' => ['reply' => $claim->release($step['error'])],
    };
    echo json_encode($answer), "\n";
}
