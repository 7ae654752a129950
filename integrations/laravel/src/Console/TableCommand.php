<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Laravel\Console;

use Illuminate\Console\Command;
use Payvost\Webhooks\Internal\PdoClaims;
use Payvost\Webhooks\Laravel\Webhooks;

final class TableCommand extends Command
{
    protected $signature = 'payvost:table';

    protected $description = 'Create the table of claims, unless it exists; `php artisan migrate` does the same';

    public function handle(Webhooks $webhooks): int
    {
        $store = $webhooks->store();
        if (!$store instanceof PdoClaims) {
            $this->info('The store needs no table.');

            return self::SUCCESS;
        }
        $store->createTable();
        $this->info('The table exists.');

        return self::SUCCESS;
    }
}
