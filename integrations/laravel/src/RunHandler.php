<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Laravel;

use Illuminate\Bus\Queueable;
use Illuminate\Contracts\Container\Container;
use Illuminate\Contracts\Queue\ShouldQueue;
use Illuminate\Queue\InteractsWithQueue;
use Payvost\Webhooks\Stores\Store;
use Throwable;

/**
 * The job that runs a queued handler.
 */
final class RunHandler implements ShouldQueue
{
    use InteractsWithQueue;
    use Queueable;

    /**
     * @param class-string $handler
     * @param array<string, mixed> $event
     * @param array{key: string, token: string}|null $ticket of the claim that was handed over; null after an inbox
     */
    public function __construct(public string $handler, public array $event, public ?array $ticket)
    {
    }

    public function handle(Container $container): void
    {
        if ($this->ticket === null) {
            Webhooks::call($container, $this->handler, $this->event, null);

            return;
        }
        $taken = $container->make(Store::class)->take($this->ticket);
        if ($taken->status === 'in_progress') {
            $this->release((int) ceil($taken->waitSeconds));
        }
        if ($taken->claim === null) {
            return;
        }
        try {
            Webhooks::call($container, $this->handler, $this->event, $taken->claim);
        } catch (Throwable $error) {
            $taken->claim->release($error);
            throw $error;
        }
        $taken->claim->complete();
    }

    /** What lists of jobs show. */
    public function displayName(): string
    {
        return $this->handler;
    }
}
