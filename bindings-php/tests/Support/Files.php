<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests\Support;

/** A test's temporary folders. */
final class Files
{
    public static function temporaryFolder(): string
    {
        $folder = sys_get_temp_dir() . '/payvost' . bin2hex(random_bytes(6));
        mkdir($folder);

        return $folder;
    }

    public static function remove(string $folder): void
    {
        foreach (array_diff(scandir($folder) ?: [], ['.', '..']) as $name) {
            $path = "{$folder}/{$name}";
            is_dir($path) && !is_link($path) ? self::remove($path) : unlink($path);
        }
        rmdir($folder);
    }
}
