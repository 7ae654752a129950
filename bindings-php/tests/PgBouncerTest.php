<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use Payvost\Webhooks\Tests\Support\Effects;
use Payvost\Webhooks\Tests\Support\Files;
use Payvost\Webhooks\Tests\Support\Http;
use Payvost\Webhooks\Tests\Support\Php;
use Payvost\Webhooks\Tests\Support\Stores;
use PHPUnit\Framework\TestCase;

/** Stores behind a real PgBouncer in transaction mode, where the next statement can meet another server connection. */
final class PgBouncerTest extends TestCase
{
    private const SETTINGS = <<<'INI'
        [databases]
        postgres = host=127.0.0.1 port={server} dbname=postgres user=postgres
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = {port}
        auth_type = any
        pool_mode = transaction
        default_pool_size = 3
        unix_socket_dir =
        logfile = {folder}/log

        INI;

    private string $folder;

    private string $name;

    private string $url;

    /** @var resource */
    private $process;

    protected function setUp(): void
    {
        $this->folder = Files::temporaryFolder();
        $this->name = 'p' . bin2hex(random_bytes(6));
        $port = Http::freePort();
        $server = (string) parse_url(Stores::url('postgres', $this->folder), PHP_URL_PORT);
        $values = ['{server}' => $server, '{port}' => (string) $port, '{folder}' => $this->folder];
        file_put_contents("{$this->folder}/pgbouncer.ini", strtr(self::SETTINGS, $values));
        $user = [];
        if (posix_geteuid() === 0) {
            // PgBouncer does not run as root.
            chown($this->folder, 'postgres');
            $user = ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'];
        }
        $silent = ['file', '/dev/null', 'a'];
        $command = ['env', 'PATH=' . getenv('PATH') . ':/usr/sbin', ...$user, 'pgbouncer', "{$this->folder}/pgbouncer.ini"];
        $this->process = proc_open($command, [['file', '/dev/null', 'r'], $silent, $silent], $pipes);
        self::assertTrue(Http::isReady($this->process, "tcp://127.0.0.1:{$port}"), (string) @file_get_contents("{$this->folder}/log"));
        $this->url = "postgres://postgres@127.0.0.1:{$port}/postgres?pooled";
    }

    protected function tearDown(): void
    {
        proc_terminate($this->process, SIGKILL);
        proc_close($this->process);
        Files::remove($this->folder);
    }

    /**
     * @testWith [""]
     *           ["inbox+"]
     */
    public function testEventsTakeEffectOnce(string $way): void
    {
        $url = $way . $this->url;
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
