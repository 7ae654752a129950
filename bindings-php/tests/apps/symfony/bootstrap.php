<?php

/** Loads what Composer would. */

declare(strict_types=1);

error_reporting(E_ALL & ~E_DEPRECATED & ~E_USER_DEPRECATED); // this version of Symfony is older than the PHP
require_once getenv('LIBRARY');
require_once 'Symfony/Bundle/FrameworkBundle/autoload.php';
require_once 'Symfony/Component/Messenger/autoload.php';
require_once 'Symfony/Component/Messenger/Bridge/Doctrine/autoload.php';
require_once 'Symfony/Component/Console/autoload.php';
require_once 'Symfony/Component/Yaml/autoload.php';
require_once 'Doctrine/ORM/autoload.php';
require_once getenv('SYMFONY_WEBHOOK');
spl_autoload_register(static function (string $class): void {
    $roots = ['Payvost\\Webhooks\\Symfony\\' => getenv('INTEGRATION') . '/src/', 'App\\' => __DIR__ . '/src/'];
    foreach ($roots as $prefix => $folder) {
        $file = $folder . str_replace('\\', '/', substr($class, strlen($prefix))) . '.php';
        if (str_starts_with($class, $prefix) && is_file($file)) {
            require $file;
        }
    }
});
