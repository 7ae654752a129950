<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Symfony\Command;

use Payvost\Webhooks\Internal\PdoClaims;
use Payvost\Webhooks\Symfony\Receivers;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Exception\InvalidArgumentException;
use Symfony\Component\Console\Input\InputArgument;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Output\OutputInterface;

/**
 * `payvost:webhooks`: the table of claims, and the events that were not handled.
 */
final class WebhooksCommand extends Command
{
    public function __construct(private Receivers $receivers)
    {
        parent::__construct('payvost:webhooks');
    }

    protected function configure(): void
    {
        $this->setDescription('List, retry or discard the webhook events that were not handled; create or prune the table of claims')
            ->addArgument('action', InputArgument::OPTIONAL, 'list, retry, discard, create-table or prune', 'list')
            ->addArgument('keys', InputArgument::IS_ARRAY, 'For retry and discard, such as webhook:evt_1');
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $store = $this->receivers->store();
        $table = $store instanceof PdoClaims ? $store : null;
        $failed = 0;
        $each = static function (callable $result) use ($input, $output, &$failed): void {
            foreach ($input->getArgument('keys') as $key) {
                [$text, $isDone] = $result($key);
                $failed += $isDone ? 0 : 1;
                $output->writeln("{$key} {$text}");
            }
        };
        $receiver = $this->receivers->receiver();
        match ($input->getArgument('action')) {
            'list' => array_map(static fn (array $letter) => $output->writeln(
                "{$letter['key']} {$letter['eventType']} {$letter['reason']} {$letter['attempts']} {$letter['error']}"
            ), $store->deadLetters()),
            'retry' => $each(static function (string $key) use ($receiver): array {
                $status = $receiver->retry($key)?->status;

                return [$status ?? 'is not kept', $status === 200];
            }),
            'discard' => $each(static function (string $key) use ($store): array {
                $isDone = $store->discard($key);

                return [$isDone ? 'is discarded' : 'is handled, being handled or unknown', $isDone];
            }),
            'create-table' => $table?->createTable(),
            'prune' => $output->writeln(($table?->forget() ?? 0) . ' rows deleted'),
            default => throw new InvalidArgumentException('action must be list, retry, discard, create-table or prune'),
        };

        return $failed === 0 ? self::SUCCESS : self::FAILURE;
    }
}
