<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Laravel\Console;

use Illuminate\Console\Command;
use Payvost\Webhooks\Laravel\Webhooks;

final class DiscardCommand extends Command
{
    protected $signature = 'payvost:discard {key* : Keys, such as webhook:evt_1}';

    protected $description = 'Discard webhook events that were not handled: they count as handled';

    public function handle(Webhooks $webhooks): int
    {
        $store = $webhooks->store();
        $missing = 0;
        foreach ($this->argument('key') as $key) {
            $isDiscarded = $store->discard($key);
            $missing += $isDiscarded ? 0 : 1;
            $this->line("{$key} " . ($isDiscarded ? 'is discarded' : 'is handled, being handled or unknown'));
        }

        return $missing === 0 ? self::SUCCESS : self::FAILURE;
    }
}
