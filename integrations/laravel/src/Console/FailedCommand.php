<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Laravel\Console;

use Illuminate\Console\Command;
use Payvost\Webhooks\Laravel\Webhooks;

final class FailedCommand extends Command
{
    protected $signature = 'payvost:failed {--limit=100 : How many to list at most} {--json : Print JSON}';

    protected $description = 'List the webhook events that were not handled';

    public function handle(Webhooks $webhooks): int
    {
        $store = $webhooks->store();
        $letters = $store->deadLetters((int) $this->option('limit'));
        if ($this->option('json')) {
            $this->line(json_encode($letters, JSON_THROW_ON_ERROR));

            return self::SUCCESS;
        }
        $letters === [] ? $this->info('Every event is handled.') : $this->table(
            ['key', 'type', 'reason', 'attempts', 'error', 'age'],
            array_map(static fn (array $letter): array => [
                $letter['key'], $letter['eventType'], $letter['reason'], $letter['attempts'], $letter['error'],
                round($letter['ageSeconds']) . ' s',
            ], $letters)
        );

        return self::SUCCESS;
    }
}
