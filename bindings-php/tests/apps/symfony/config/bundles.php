<?php

return [
    Symfony\Bundle\FrameworkBundle\FrameworkBundle::class => ['all' => true],
    Payvost\Webhooks\Symfony\PayvostWebhooksBundle::class => ['all' => true],
];
