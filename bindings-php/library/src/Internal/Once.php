<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use Closure;
use Payvost\Webhooks\Stores\Claim;
use Payvost\Webhooks\Stores\ClaimRequest;
use Payvost\Webhooks\Stores\Inbox;
use Payvost\Webhooks\Stores\Store;
use Payvost\Webhooks\Stores\StoreException;
use SensitiveParameter;
use Throwable;

/**
 * Claims an event, has it handled, and says so to the store.
 *
 * @internal
 */
final class Once
{
    /**
     * @param Closure(string, string, array<string, mixed>): void $log takes a level, a message and a context
     */
    public function __construct(private Store $store, private Closure $log)
    {
    }

    /**
     * @param Closure(Claim): void $handler logs what it catches, and throws it on
     *
     * @return array{string, int} the code of the outcome, and for how long another worker has the event, in milliseconds
     */
    public function handle(#[SensitiveParameter] ClaimRequest $request, #[SensitiveParameter] Closure $handler): array
    {
        $token = bin2hex(random_bytes(16));
        try {
            [$code, $number] = claimReply(...$this->store->claim($request, $token))
                ?? throw new StoreException('the reply of the store is none of the protocol');
        } catch (Throwable $error) {
            return $this->unavailable('claimed', $error);
        }
        if ($code !== 'claimed') {
            return [$code, $number];
        }
        $connection = $this->store instanceof Inbox ? $this->store->connection($token) : null;
        $claim = new Claim($this->store, $request->key, $token, $number, $connection);
        unset($request);
        Unfinished::add($claim);
        try {
            $handler($claim);
        } catch (Throwable $error) {
            $this->release($claim, $error);

            return ['handler_failed', 0];
        } finally {
            Unfinished::remove($claim);
        }

        return $claim->isHandedOver() ? ['handed_over', 0] : $this->complete($claim);
    }

    /**
     * @return array{string, int}
     */
    private function complete(Claim $claim): array
    {
        try {
            return [$claim->complete() ? 'handled' : 'claim_lost', 0];
        } catch (Throwable $error) {
            return $this->unavailable('completed', $error);
        }
    }

    private function release(Claim $claim, Throwable $reason): void
    {
        try {
            if (!$claim->release($reason)) {
                ($this->log)('warning', 'webhook not released, another worker has it: {event_type} {event_id}', []);
            }
        } catch (Throwable $error) {
            $this->unavailable('released', $error);
        }
    }

    /**
     * @return array{string, int}
     */
    private function unavailable(string $step, Throwable $error): array
    {
        $kind = $error instanceof StoreException ? $error->getMessage() : get_debug_type($error);
        ($this->log)('error', "webhook not {$step}: {event_type} {event_id}. {error}", ['error' => $kind]);

        return ['store_unavailable', 0];
    }
}
