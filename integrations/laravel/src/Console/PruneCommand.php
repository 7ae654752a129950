<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Laravel\Console;

use Illuminate\Console\Command;
use Payvost\Webhooks\Internal\PdoClaims;
use Payvost\Webhooks\Laravel\Webhooks;

final class PruneCommand extends Command
{
    protected $signature = 'payvost:prune {--batch=1000 : How many rows to delete at a time}';

    protected $description = 'Delete expired rows from the table of claims';

    public function handle(Webhooks $webhooks): int
    {
        $store = $webhooks->store();
        $rows = $store instanceof PdoClaims ? $store->forget((int) $this->option('batch')) : 0;
        $this->info("{$rows} rows deleted.");

        return self::SUCCESS;
    }
}
