<?php

// A worker that receives one delivery and prints the response: once.php URL OPTIONS EFFECTS BODY POINT. The point is where the worker
// is killed, or how its handler ends the script.

declare(strict_types=1);

use Payvost\Webhooks\Stores\Claim;
use Payvost\Webhooks\Tests\Support\Effects;
use Payvost\Webhooks\Tests\Support\MortalStore;
use Payvost\Webhooks\Tests\Support\Sample;
use Payvost\Webhooks\Tests\Support\Stores;
use Payvost\Webhooks\WebhookReceiver;
use Payvost\Webhooks\WebhookResult;

require __DIR__ . '/../bootstrap.php';

[, $url, $options, $effects, $body, $point] = $argv;

$store = new MortalStore(Stores::open($url, json_decode($options, true)), $point);
$handler = static function (array $event, Claim $claim) use ($url, $effects, $point): void {
    MortalStore::dieAt('in the handler', $point);
    match ($point) {
        'exit' => exit,
        'fatal error' => eval('function strlen() {}'),
        default => null,
    };
    (new Effects($claim->connection ?? Stores::connect($url), $effects))->add($event['id']);
    MortalStore::dieAt('after the effect', $point);
};
$say = static function (WebhookResult $result): void {
    echo $result->code;
};
(new WebhookReceiver(Sample::SECRET, $handler, onResult: $say, store: $store))->receive($body, Sample::sign($body));
