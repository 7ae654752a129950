<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests\Support;

use Closure;
use Payvost\Webhooks\ClaimPolicy;
use Payvost\Webhooks\Stores\ClaimRequest;
use Payvost\Webhooks\Stores\Store;
use ScriptedFault;

/** A store with the replies of a shared delivery, which reports the steps that are called. */
class ScriptedStore implements Store
{
    /**
     * @param array<string, mixed> $case
     * @param Closure(array<string, mixed>): void $step
     */
    public function __construct(protected array $case, protected Closure $step)
    {
    }

    public function policy(): ClaimPolicy
    {
        return new ClaimPolicy();
    }

    public function claim(ClaimRequest $request, string $token): array
    {
        ($this->step)(['step' => 'claim', 'key' => $request->key, 'retry' => $request->isRetry]);
        $reply = $this->reply('claim');

        return is_array($reply) ? [array_key_first($reply), array_values($reply)[0]] : [$reply, 0];
    }

    public function extend(string $key, string $token, int $milliseconds): bool
    {
        return true;
    }

    public function complete(string $key, string $token): bool|string
    {
        ($this->step)(['step' => 'complete']);
        $reply = $this->reply('complete');

        return $reply['held'] ?? $reply['completion'];
    }

    public function release(string $key, string $token, string $error): bool
    {
        ($this->step)(['step' => 'release', 'error' => $error]);

        return $this->reply('release')['held'];
    }

    public function delivery(string $key): ?array
    {
        ($this->step)(['step' => 'load']);

        return self::faultless($this->case['arrived']['kept'] ?? null);
    }

    public function deadLetters(int $limit = 100): array
    {
        return [];
    }

    public function discard(string $key): bool
    {
        return false;
    }

    private function reply(string $step): mixed
    {
        return self::faultless($this->case['store'][$step]);
    }

    private static function faultless(mixed $reply): mixed
    {
        return isset($reply['fault']) ? throw new ScriptedFault($reply['fault']) : $reply;
    }
}
