<?php

declare(strict_types=1);

if (!extension_loaded('payvost_webhooks')) {
    fwrite(STDERR, "The extension payvost_webhooks is not loaded; run PHP with -d extension=/path/to/the/library.so\n");
    exit(1);
}

require __DIR__ . '/../library/autoload.php';
require 'GuzzleHttp/autoload.php';
require 'Symfony/Component/HttpClient/autoload.php';
require 'Psr/Log/autoload.php';
require 'Illuminate/Database/autoload.php';
require 'Doctrine/ORM/autoload.php';
require 'Predis/autoload.php';
require __DIR__ . '/Support/psr-15.php';

spl_autoload_register(static function (string $class): void {
    $prefix = 'Payvost\\Webhooks\\Tests\\';
    if (str_starts_with($class, $prefix)) {
        $file = __DIR__ . '/' . str_replace('\\', '/', substr($class, strlen($prefix))) . '.php';
        if (is_file($file)) {
            require $file;
        }
    }
});

// The local Payvost of this checkout.
getenv('PAYVOST_WEBHOOKS_BIN') !== false || putenv('PAYVOST_WEBHOOKS_BIN=' . dirname(__DIR__, 2) . '/target/bin/payvost-webhooks');
