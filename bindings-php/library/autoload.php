<?php

/** Loads the library without Composer. */

declare(strict_types=1);

if (!extension_loaded('payvost_webhooks')) {
    throw new RuntimeException(
        'The PHP extension payvost_webhooks is not loaded: install it for PHP ' . PHP_MAJOR_VERSION . '.'
        . PHP_MINOR_VERSION . ', name it in php.ini (extension=payvost_webhooks), and restart php-fpm'
    );
}

spl_autoload_register(static function (string $class): void {
    $prefix = 'Payvost\\Webhooks\\';
    if (str_starts_with($class, $prefix)) {
        $file = __DIR__ . '/src/' . str_replace('\\', '/', substr($class, strlen($prefix))) . '.php';
        if (is_file($file)) {
            require $file;
        }
    }
});
