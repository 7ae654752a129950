<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests;

use Payvost\Webhooks\Tests\Support\Files;
use Payvost\Webhooks\Tests\Support\Php;
use PHPUnit\Framework\TestCase;

/** `bindings-php/install` puts the extension where PHP finds it. */
final class InstallTest extends TestCase
{
    private string $folder;

    protected function setUp(): void
    {
        $this->folder = Files::temporaryFolder();
    }

    protected function tearDown(): void
    {
        Files::remove($this->folder);
    }

    public function testInstalledExtensionIsLoadedByItsIni(): void
    {
        [$code, $output] = $this->install(Php::library());
        self::assertSame(0, $code, $output);
        $library = $this->folder . PHP_EXTENSION_DIR . '/payvost_webhooks.so';
        self::assertFileEquals(Php::library(), $library);
        self::assertSame(0o644, fileperms($library) & 0o777);
        [$ini] = glob("{$this->folder}/etc/php/*/mods-available/payvost_webhooks.ini")
            ?: glob($this->folder . PHP_CONFIG_FILE_SCAN_DIR . '/payvost_webhooks.ini');

        // Without other ini files, and with the extension where the package would have put it.
        $sign = 'echo Payvost\Webhooks\sign("{}", "x");';
        $command = [PHP_BINARY, '-d', 'extension_dir=' . dirname($library), '-r', $sign];
        [$code, $output] = self::execute($command, ['PHPRC' => '/dev/null', 'PHP_INI_SCAN_DIR' => dirname($ini)]);
        self::assertSame([0, hash_hmac('sha256', '{}', 'x')], [$code, $output]);
    }

    /** Not those of the stores: they need servers, and the extension is the same file. */
    public function testInstalledExtensionPassesTheVectors(): void
    {
        $this->install(Php::library());
        $library = $this->folder . PHP_EXTENSION_DIR . '/payvost_webhooks.so';
        $phpunit = realpath($_SERVER['argv'][0]);
        $tests = ['-c', dirname(__DIR__) . '/phpunit.xml', '--filter', '~\\\\(Manage|Receive|)VectorsTest~', '--colors=never'];
        [$code, $output] = self::execute([PHP_BINARY, '-d', "extension={$library}", $phpunit, ...$tests]);

        self::assertSame(0, $code, $output);
        self::assertMatchesRegularExpression('~^OK \(\d{4,} tests~m', $output);
    }

    /** The commands that PIE runs, with a fake cargo. */
    public function testPhpizeConfigureAndMakeHandTheWorkToCargo(): void
    {
        foreach (['config.m4', 'Makefile.frag'] as $file) {
            copy(dirname(__DIR__) . "/{$file}", "{$this->folder}/{$file}");
        }
        mkdir("{$this->folder}/bin");
        $cargo = "#!/bin/sh\necho \"\$@\" >{$this->folder}/called\n"
            . "mkdir -p {$this->folder}/target/release\n"
            . 'cp ' . Php::library() . " {$this->folder}/target/release/libpayvost_webhooks_php.so\n";
        file_put_contents("{$this->folder}/bin/cargo", $cargo);
        chmod("{$this->folder}/bin/cargo", 0o755);

        $script = "cd {$this->folder} && PATH={$this->folder}/bin:\$PATH && phpize && ./configure && make"
            . " && make install INSTALL_ROOT={$this->folder}/root";
        [$code, $output] = self::execute(['sh', '-c', $script]);
        self::assertSame(0, $code, $output);
        self::assertFileEquals(Php::library(), "{$this->folder}/root" . PHP_EXTENSION_DIR . '/payvost_webhooks.so');
        self::assertSame(
            "build --release --locked --manifest-path {$this->folder}/Cargo.toml --target-dir {$this->folder}/target\n",
            file_get_contents("{$this->folder}/called")
        );
    }

    public function testFileThatIsNotAnExtensionIsNotInstalled(): void
    {
        file_put_contents("{$this->folder}/broken.so", 'broken');
        [$code, $output] = $this->install("{$this->folder}/broken.so");

        self::assertSame(1, $code);
        self::assertStringContainsString('does not load into PHP ' . PHP_MAJOR_VERSION, $output);
        self::assertSame([], glob("{$this->folder}/usr"));
    }

    /** @return array{int, string} */
    private function install(string $library): array
    {
        return self::execute([dirname(__DIR__) . '/install', $library], ['DESTDIR' => $this->folder]);
    }

    /**
     * @param list<string>          $command
     * @param array<string, string> $environment
     *
     * @return array{int, string} the exit code and the output
     */
    private static function execute(array $command, array $environment = []): array
    {
        $path = dirname(PHP_BINARY) . ':' . getenv('PATH');
        $streams = [['file', '/dev/null', 'r'], ['pipe', 'w'], ['redirect', 1]];
        $process = proc_open($command, $streams, $pipes, null, $environment + ['PATH' => $path]);
        self::assertIsResource($process);
        $output = (string) stream_get_contents($pipes[1]);

        return [proc_close($process), $output];
    }
}
