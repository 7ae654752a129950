<?php

// Many workers that receive the same events at the same time: crowd.php URL OPTIONS EFFECTS WORKERS TIMES EVENTS. Each worker gets
// each event TIMES times. Prints the number of results by code. With the URL of Redis and `guide` as OPTIONS, the workers follow the
// provider's guide: look up, act, mark.

declare(strict_types=1);

use Payvost\Webhooks\Stores\Claim;
use Payvost\Webhooks\Stores\Store;
use Payvost\Webhooks\Tests\Support\Effects;
use Payvost\Webhooks\Tests\Support\Sample;
use Payvost\Webhooks\Tests\Support\Stores;
use Payvost\Webhooks\WebhookReceiver;
use Payvost\Webhooks\WebhookResult;

require __DIR__ . '/../bootstrap.php';

[, $url, $options, $name, $workers, $times, $events] = $argv;

/** @return Closure(string, string): string what has a delivery handled and gives a code */
function once(Store $store, Closure $effects): Closure
{
    $code = '';
    $handler = static fn (array $event, Claim $claim) => $effects($claim->connection)->add($event['id']);
    $remember = static function (WebhookResult $result) use (&$code): void {
        $code = $result->code;
    };
    $receiver = new WebhookReceiver(Sample::SECRET, $handler, onResult: $remember, store: $store);

    return static function (string $body, string $signature) use ($receiver, &$code): string {
        $receiver->receive($body, $signature);

        return $code;
    };
}

/** @return Closure(string, string): string */
function asInTheGuide(Redis $redis, Effects $effects): Closure
{
    return static function (string $body) use ($redis, $effects): string {
        $event = json_decode($body, true);
        if ($redis->get("guide:{$event['id']}")) {
            return 'already_handled';
        }
        $effects->add($event['id']);
        $redis->setex("guide:{$event['id']}", 86400, 'processed');

        return 'handled';
    };
}

$deliveries = [];
for ($number = 0; $number < $events; ++$number) {
    $body = str_replace('evt_1', "evt_{$number}", Sample::EVENT);
    $deliveries[] = [$body, Sample::sign($body)];
}

[$start, $go] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
$outputs = [];
for ($worker = 0; $worker < $workers; ++$worker) {
    [$output, $input] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    if (pcntl_fork() === 0) {
        $connection = Stores::connect($url);
        // Effects outside of an inbox are written in the default isolation level.
        $ownEffects = new Effects(str_contains($url, '?serializable') ? Stores::connect(strtok($url, '?')) : $connection, $name);
        $receive = $options === 'guide'
            ? asInTheGuide($connection, $ownEffects)
            : once(
                Stores::open($url, json_decode($options, true)),
                static fn (?PDO $inbox): Effects => $inbox === null ? $ownEffects : new Effects($inbox, $name)
            );
        fwrite($input, "ready\n");
        // The end of the file is the signal to start.
        fclose($go);
        fread($start, 1);
        $codes = [];
        foreach ($deliveries as [$body, $signature]) {
            for ($time = 0; $time < $times; ++$time) {
                $code = $receive($body, $signature);
                $codes[$code] = ($codes[$code] ?? 0) + 1;
            }
        }
        fwrite($input, json_encode($codes) . "\n");
        exit;
    }
    fclose($input);
    // By default, PHP waits a minute for a line. A busy machine takes longer, which would look like a worker that died.
    stream_set_timeout($output, 600);
    $outputs[] = $output;
}
foreach ($outputs as $output) {
    fgets($output);
}
fclose($go);
$all = [];
foreach ($outputs as $output) {
    foreach (json_decode((string) fgets($output), true) ?? ['died' => 1] as $code => $count) {
        $all[$code] = ($all[$code] ?? 0) + $count;
    }
}
echo json_encode($all);
