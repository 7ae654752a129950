<?php

/** What `laravel new` makes, less what webhooks do not need: the guide's files are added to it. */

declare(strict_types=1);

error_reporting(E_ALL & ~E_DEPRECATED); // this version of Laravel is older than the PHP
require getenv('LIBRARY');
require 'Illuminate/autoload.php';
require 'Carbon/autoload.php';
spl_autoload_register(static function (string $class): void {
    $roots = [
        'Payvost\\Webhooks\\Laravel\\' => getenv('INTEGRATION') . '/src/',
        'App\\' => dirname(__DIR__) . '/app/',
        'Tests\\' => dirname(__DIR__) . '/tests/',
    ];
    foreach ($roots as $prefix => $folder) {
        $file = $folder . str_replace('\\', '/', substr($class, strlen($prefix))) . '.php';
        if (str_starts_with($class, $prefix) && is_file($file)) {
            require $file;
        }
    }
});

$app = new Illuminate\Foundation\Application(dirname(__DIR__));
$app->singleton(Illuminate\Contracts\Http\Kernel::class, App\Kernel::class);
$app->singleton(Illuminate\Contracts\Console\Kernel::class, Illuminate\Foundation\Console\Kernel::class);
$app->singleton(Illuminate\Contracts\Debug\ExceptionHandler::class, Illuminate\Foundation\Exceptions\Handler::class);

return $app;
