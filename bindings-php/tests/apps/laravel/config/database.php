<?php

$url = parse_url(env('DATABASE'));
$driver = ['postgres' => 'pgsql', 'mysql' => 'mysql', 'sqlite' => 'sqlite'][$url['scheme']];

return [
    'default' => 'shop',
    'connections' => ['shop' => [
        'driver' => $driver,
        'host' => $url['host'],
        'port' => $url['port'] ?? null,
        'database' => $driver === 'sqlite' ? $url['path'] : ltrim($url['path'], '/'),
        'username' => $url['user'] ?? null,
        'password' => '',
        'charset' => $driver === 'mysql' ? 'utf8mb4' : 'utf8',
        'prefix' => '',
    ]],
    'migrations' => 'migrations',
];
