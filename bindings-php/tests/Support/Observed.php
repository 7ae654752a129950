<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests\Support;

/** The results of shared cases in this language, one line of JSON per case, for comparison with the others. */
final class Observed
{
    private string $file;

    public function __construct(string $kind)
    {
        $folder = (getenv('OBSERVED') ?: dirname(__DIR__, 3) . '/target/observed') . "/{$kind}";
        @mkdir($folder, 0777, true);
        $this->file = "{$folder}/php.jsonl";
        file_put_contents($this->file, '');
    }

    /**
     * @param array<string, mixed> $case
     */
    public function write(array $case): void
    {
        $flags = JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE;
        file_put_contents($this->file, json_encode($case, $flags) . "\n", FILE_APPEND);
    }
}
