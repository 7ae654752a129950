<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Symfony\Messenger;

use Payvost\Webhooks\Symfony\Receivers;
use Symfony\Component\Messenger\Exception\RecoverableMessageHandlingException;
use Throwable;

/**
 * Runs a queued handler in a worker.
 */
final class HandleWebhookHandler
{
    public function __construct(private Receivers $receivers)
    {
    }

    public function __invoke(HandleWebhook $message): void
    {
        if ($message->ticket === null) {
            $this->receivers->call($message->handler, $message->event, null);

            return;
        }
        $taken = $this->receivers->store()->take($message->ticket);
        if ($taken->status === 'in_progress') {
            throw new RecoverableMessageHandlingException('another worker has the event');
        }
        if ($taken->claim === null) {
            return;
        }
        try {
            $this->receivers->call($message->handler, $message->event, $taken->claim);
        } catch (Throwable $error) {
            $taken->claim->release($error);
            throw $error;
        }
        $taken->claim->complete();
    }
}
