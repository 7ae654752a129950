<?php

return [
    // The secret of the webhook; while it is being rotated, a list with the new and the old one. For a secret per request, call
    // Webhooks::secretUsing() in a service provider.
    'secret' => env('WEBHOOK_SECRET'),

    // true refuses test events, false refuses live events, null accepts both.
    'live_mode' => null,

    // The classes that handle the events, by type, family (payment.*) or * for everything else.
    'handlers' => [
        // 'payment.succeeded' => App\Webhooks\BookPayment::class,
    ],

    // What makes an event take effect once. `inbox`: the handler's own database transaction. `database` and `redis`: leases, which
    // queued handlers take over. null: nothing does.
    'store' => 'inbox',

    // The database or Redis connection of the store. null: the application's default.
    'connection' => null,

    // Further arguments of the store, such as `prefix`, `table`, `leaseSeconds`, `rememberSeconds`, `keepDeliveries`.
    'options' => [],

    // Where queued handlers go. null: the application's defaults.
    'queue' => ['connection' => null, 'name' => null],

    // How long a claim waits in the queue before Payvost's next delivery queues the event again.
    'queue_seconds' => 600,

    // The log channel. null: the application's default.
    'log' => null,
];
