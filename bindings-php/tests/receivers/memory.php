<?php

// Verifies the body with as much memory as the header Room allows, and prints the number of the event's members.

use Payvost\Webhooks\ClaimPolicy;
use Payvost\Webhooks\Internal\Delivery;
use Payvost\Webhooks\Internal\Receiver;
use Payvost\Webhooks\Internal\RouteTable;

use function Payvost\Webhooks\sign;
use function Payvost\Webhooks\verifyWebhook;

$body = file_get_contents('php://input');
$signature = sign($body, 'whsec_memory');
ini_set('memory_limit', (string) (memory_get_usage() + (int) $_SERVER['HTTP_ROOM']));

$routes = new RouteTable();
$routes->add('*');
$event = isset($_SERVER['HTTP_WITH_POLICY'])
    ? (new Delivery(new Receiver('whsec_memory', new ClaimPolicy(), $routes, false), null))->verify($body, $signature)[0]
    : verifyWebhook($body, $signature, 'whsec_memory');
echo count($event);
