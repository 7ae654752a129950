<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Laravel\Console;

use Illuminate\Console\Command;
use Payvost\Webhooks\Laravel\Webhooks;

final class RetryCommand extends Command
{
    protected $signature = 'payvost:retry {key* : Keys, such as webhook:evt_1, or `all`}';

    protected $description = 'Handle webhook events again that were not handled';

    public function handle(Webhooks $webhooks): int
    {
        $store = $webhooks->store();
        $keys = $this->argument('key');
        $receiver = $webhooks->receiver();
        $failed = 0;
        foreach ($keys === ['all'] ? array_column($store->deadLetters(), 'key') : $keys as $key) {
            $status = $receiver->retry($key)?->status;
            $failed += $status === 200 ? 0 : 1;
            $this->line("{$key} " . ($status ?? 'is not kept'));
        }

        return $failed === 0 ? self::SUCCESS : self::FAILURE;
    }
}
