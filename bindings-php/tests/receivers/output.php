<?php

// A receiver whose script or handler prints something: the header X-How says what.

declare(strict_types=1);

use Payvost\Webhooks\Sapi;
use Payvost\Webhooks\Tests\Support\Sample;
use Payvost\Webhooks\WebhookReceiver;

require __DIR__ . '/../../library/autoload.php';
require __DIR__ . '/../Support/Sample.php';

$how = $_SERVER['HTTP_X_HOW'] ?? '';
if (str_contains($how, 'blank line')) {
    echo "\n";
}
Sapi::handle(new WebhookReceiver(Sample::SECRET, static function (array $event) use ($how): void {
    foreach (explode(', ', $how) as $step) {
        match ($step) {
            'print' => print 'from the handler',
            'flush' => flush(),
            'ob_flush' => ob_flush(),
            'buffer' => ob_start(),
            'end all buffers' => array_map(static fn () => ob_end_clean(), range(1, ob_get_level())),
            'finish' => function_exists('fastcgi_finish_request') ? fastcgi_finish_request() : ob_end_flush(),
            'throw' => throw new RuntimeException('from the handler'),
            'exit' => exit,
            'fatal error' => eval('function strlen() {}'),
            default => null,
        };
    }
}));
