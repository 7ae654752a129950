<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use Error;
use Payvost\Webhooks\ApiException;
use Payvost\Webhooks\ConfigurationException;
use Payvost\Webhooks\Manage\Attempt;
use Payvost\Webhooks\Manage\Page;
use Payvost\Webhooks\Payvost;
use Payvost\Webhooks\Tests\Support\Canonical;
use Payvost\Webhooks\Tests\Support\ScriptedTransport;
use PHPUnit\Framework\TestCase;

/** The calls of the management API that all languages share, on a scripted transport. Writes the results of this language. */
final class ManageVectorsTest extends TestCase
{
    private const ROOT = __DIR__ . '/../..';

    private const FLAGS = JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE;

    public function testCalls(): void
    {
        $folder = getenv('OBSERVED') ?: self::ROOT . '/target/observed/manage';
        @mkdir($folder, 0777, true);
        $observed = fopen("{$folder}/php.jsonl", 'w');
        self::assertIsResource($observed);
        [$count, $differences] = [0, []];
        foreach (glob((getenv('VECTORS') ?: self::ROOT . '/tests/vectors/manage') . '/*.json') ?: [] as $file) {
            // Objects in parameters stay objects: an empty one is not a list.
            $cases = json_decode((string) file_get_contents($file), false, 512, JSON_THROW_ON_ERROR)->cases;
            foreach ($cases as $case) {
                $seen = $this->observe($case);
                fwrite($observed, json_encode(['id' => $case->id, 'calls' => $seen], self::FLAGS) . "\n");
                $count++;
                foreach (self::repeated($case) as $index => $call) {
                    $differences = [...$differences, ...self::differences("{$case->id} {$case->comment}", $call, $seen[$index])];
                }
            }
        }
        fclose($observed);
        self::assertSame([], array_slice($differences, 0, 5));
        self::assertGreaterThanOrEqual(getenv('VECTORS') === false ? 1000 : 1, $count);
    }

    /** @return list<array<string, mixed>> */
    private function observe(object $case): array
    {
        [$transport, $attempts] = [new ScriptedTransport(), []];
        $hook = static function (Attempt $attempt) use (&$attempts): void {
            $attempts[] = [
                'attempt' => $attempt->number,
                'status' => $attempt->status,
                'fault' => $attempt->fault,
                'duration_ms' => $attempt->durationMs,
                'request_id' => $attempt->requestId,
            ];
        };
        $options = (array) ($case->client->options ?? []);
        try {
            $payvost = new Payvost(
                $case->client->apiKey,
                ...$options,
                httpClient: $transport,
                afterResponse: $hook,
                host: $transport
            );
        } catch (ConfigurationException $refusal) {
            return array_map(static fn (): array => self::refused($refusal), self::repeated($case));
        } catch (Error $error) {
            // PHP itself refuses the name of an option.
            self::assertSame(1, preg_match('~^Unknown named parameter \$(.+)$~', $error->getMessage(), $match), (string) $error);

            return array_map(
                static fn (): array => ['refused' => ['code' => 'invalid_option', 'parameter' => $match[1]]],
                self::repeated($case)
            );
        }
        $observed = [];
        foreach (self::repeated($case) as $call) {
            $transport->random = $call->random;
            $transport->script = json_decode(json_encode($call->script, JSON_THROW_ON_ERROR), true, 512, JSON_THROW_ON_ERROR);
            [$transport->requests, $transport->waits, $attempts] = [[], [], []];
            $ending = self::make($payvost, $call);
            self::assertSame([], $transport->script, "{$case->id}: not all of the script was used");
            $observed[] = isset($ending['refused']) ? $ending : [
                'requests' => $transport->requests,
                'waits' => $transport->waits,
                'attempts' => $attempts,
            ] + $ending;
        }

        return $observed;
    }

    /** @return array<string, mixed> how the call ended */
    private static function make(Payvost $payvost, object $call): array
    {
        try {
            $result = self::invoke($payvost, $call);
            if ($call->iterate ?? false) {
                self::assertInstanceOf(Page::class, $result);

                return ['entries' => array_map(Canonical::text(...), iterator_to_array($result, false))];
            }
            $data = $result instanceof Page ? $result->data : $result;
            $total = $result instanceof Page && $result->total !== null ? ['total' => $result->total] : [];
            $attempts = $payvost->lastResponse()?->attempts;

            return ['result' => ['data' => Canonical::text($data), 'attempts' => $attempts] + $total];
        } catch (ConfigurationException $refusal) {
            return self::refused($refusal);
        } catch (ApiException $error) {
            self::assertNotSame('', $error->getHint());

            return ['error' => array_filter([
                'code' => $error->getErrorCode(),
                'cause' => $error->getCauseCode(),
                'message' => $error->getMessage(),
                'status' => $error->getStatus(),
                'field' => $error->getField(),
                'request_id' => $error->getRequestId(),
                'retry_after' => $error->getRetryAfter(),
                'attempts' => $error->getAttempts(),
            ], static fn (mixed $value): bool => $value !== null)];
        }
    }

    private static function invoke(Payvost $payvost, object $call): mixed
    {
        [$group, $method] = explode('.', $call->operation);
        $resource = $payvost->{$group};
        $parameters = (array) ($call->parameters ?? []);
        $options = (array) ($call->options ?? []);
        $hasId = !in_array($call->operation, [
            'webhooks.create', 'webhooks.list', 'testing.advanceTime', 'testing.resetTime', 'testing.resetAllData',
        ], true);
        $id = $parameters['id'] ?? null;
        if ($hasId) {
            unset($parameters['id']);
        }
        $takesOnlyId = in_array($method, ['get', 'delete', 'rotateSecret'], true);
        $takesNothing = in_array($method, ['resetTime', 'resetAllData'], true);
        if (($takesOnlyId || $takesNothing) && $parameters !== []) {
            // These methods have no place for parameters.
            return $payvost->dryRun($call->operation, ($hasId ? ['id' => $id] : []) + $parameters, $options);
        }

        return match (true) {
            $takesNothing => $resource->{$method}($options),
            $takesOnlyId => $resource->{$method}($id, $options),
            $hasId => $resource->{$method}($id, $parameters, $options),
            default => $resource->{$method}($parameters, $options),
        };
    }

    /** @return array<string, mixed> */
    private static function refused(ConfigurationException $refusal): array
    {
        return ['refused' => ['code' => $refusal->getErrorCode(), 'parameter' => $refusal->getParameter()]];
    }

    /**
     * The calls of a case, each as often as it must be made.
     *
     * @return list<object>
     */
    private static function repeated(object $case): array
    {
        $calls = array_map(static fn (object $call): array => array_fill(0, $call->repeat ?? 1, $call), $case->calls);

        return array_merge(...$calls);
    }

    /**
     * A message that is not the provider's is not part of the contract.
     *
     * @param array<string, mixed> $seen
     *
     * @return list<string>
     */
    private static function differences(string $name, object $call, array $seen): array
    {
        $plain = static fn (mixed $value): mixed => json_decode(json_encode($value, self::FLAGS), true, 512, JSON_THROW_ON_ERROR);
        [$expected, $seen] = [$plain($call->expect), $plain($seen)];
        if (isset($seen['error']) && !isset($expected['error']['message'])) {
            unset($seen['error']['message']);
        }
        [$expected, $seen] = array_map(self::sorted(...), [$expected, $seen]);

        return $expected === $seen ? [] : ["{$name}: expected " . json_encode($expected) . ' but observed ' . json_encode($seen)];
    }

    /** The order of names means nothing. */
    private static function sorted(mixed $value): mixed
    {
        if (!is_array($value)) {
            return $value;
        }
        array_is_list($value) || ksort($value);

        return array_map(self::sorted(...), $value);
    }
}
