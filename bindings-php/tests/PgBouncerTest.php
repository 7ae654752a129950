<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use Payvost\Webhooks\Tests\Support\Effects;
use Payvost\Webhooks\Tests\Support\Files;
use Payvost\Webhooks\Tests\Support\Php;
use Payvost\Webhooks\Tests\Support\Service;
use Payvost\Webhooks\Tests\Support\Stores;
use PHPUnit\Framework\TestCase;

/** Stores behind a real PgBouncer in transaction mode, where the next statement can meet another server connection. */
final class PgBouncerTest extends TestCase
{
    private Service $bouncer;

    private string $folder;

    private string $name;

    protected function setUp(): void
    {
        $this->folder = Files::temporaryFolder();
        $this->name = 'p' . bin2hex(random_bytes(6));
        $this->bouncer = new Service('pgbouncer', (string) parse_url(Stores::url('postgres', $this->folder), PHP_URL_PORT));
    }

    protected function tearDown(): void
    {
        $this->bouncer->stop();
        Files::remove($this->folder);
    }

    /**
     * @testWith [""]
     *           ["inbox+"]
     */
    public function testEventsTakeEffectOnce(string $way): void
    {
        $url = "{$way}{$this->bouncer->url}?pooled";
        $options = ['prefix' => $this->name, 'table' => $this->name];
        Stores::open($url, $options)->createTable();
        $effects = new Effects(Stores::connect($url), "{$this->name}_effects");
        $effects->create();
        $arguments = [$url, json_encode($options), "{$this->name}_effects", '8', '4', '20'];
        [$exit, $output] = Php::execute(Php::commandWithClients([__DIR__ . '/receivers/crowd.php', ...$arguments]));
        self::assertSame(0, $exit, $output);
        $codes = json_decode((string) substr(strrchr("\n{$output}", "\n"), 1), true);

        self::assertSame([], array_diff_key($codes, ['handled' => 0, 'already_handled' => 0, 'in_progress' => 0]), $output);
        self::assertSame(20, $codes['handled']);
        $counts = $effects->counts();
        self::assertSame([20, [1]], [count($counts), array_values(array_unique($counts))]);
    }
}
