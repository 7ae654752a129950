<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests\Support;

use RuntimeException;

/** php-fpm behind nginx or Apache, as PHP is deployed, with one script that answers every request. */
final class Fpm
{
    private const POOL = <<<'INI'
        [global]
        error_log = {folder}/fpm.log
        [receiver]
        listen = {folder}/fpm.socket
        listen.mode = 0666
        pm = static
        pm.max_children = {children}
        clear_env = no
        php_admin_value[error_log] = {folder}/php.log
        php_admin_flag[log_errors] = on
        php_admin_flag[display_errors] = on
        {user}

        INI;

    private const NGINX = <<<'CONF'
        {user}
        worker_processes 1;
        daemon off;
        pid {folder}/nginx.pid;
        error_log {folder}/nginx.log;
        events {}
        http {
            access_log off;
            client_body_temp_path {folder}/body;
            fastcgi_temp_path {folder}/fastcgi;
            proxy_temp_path {folder}/proxy;
            scgi_temp_path {folder}/scgi;
            uwsgi_temp_path {folder}/uwsgi;
            client_max_body_size 8m;
            server {
                listen {address};
                location / {
                    include /etc/nginx/fastcgi_params;
                    fastcgi_param SCRIPT_FILENAME {script};
                    fastcgi_param SCRIPT_NAME /index.php;
                    fastcgi_pass unix:{folder}/fpm.socket;
                }
            }
        }

        CONF;

    private const APACHE = <<<'CONF'
        ServerRoot {folder}
        ServerName localhost
        PidFile {folder}/apache.pid
        ErrorLog {folder}/apache.log
        DefaultRuntimeDir {folder}
        LoadModule mpm_event_module {modules}/mod_mpm_event.so
        LoadModule authz_core_module {modules}/mod_authz_core.so
        LoadModule http2_module {modules}/mod_http2.so
        LoadModule proxy_module {modules}/mod_proxy.so
        LoadModule proxy_fcgi_module {modules}/mod_proxy_fcgi.so
        Listen {address}
        {user}
        ServerLimit 1
        StartServers 1
        ThreadsPerChild 8
        MaxRequestWorkers 8
        Protocols h2c http/1.1
        ProxyPassMatch "^/.*$" "unix:{folder}/fpm.socket|fcgi://localhost{script}"

        CONF;

    private const APACHE_MODULES = '/usr/lib/apache2/modules';

    /** Where requests go. */
    public string $path = '/webhooks/payvost';

    private string $folder;

    private string $address;

    /** @var list<resource> */
    private array $processes = [];

    /** @var list<string> the headers of the last response */
    private array $headers = [];

    /**
     * @param array<string, string> $environment
     * @param list<string>          $extensions  of PHP, by their names
     * @param 'nginx'|'apache'      $server
     * @param bool                  $withIni     load PHP's ini files, and with them all extensions
     */
    public function __construct(
        string $script,
        array $environment = [],
        array $extensions = [],
        string $server = 'nginx',
        int $children = 2,
        bool $withIni = false
    ) {
        $this->folder = Files::temporaryFolder();
        $this->address = '127.0.0.1:' . Http::freePort();
        $isRoot = posix_geteuid() === 0;
        $this->write('fpm.conf', self::POOL, ['user' => $isRoot ? "user = root\ngroup = root" : '', 'children' => (string) $children]);
        $fpm = self::find('php-fpm' . PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION);
        $socket = "unix://{$this->folder}/fpm.socket";
        $options = [...($withIni ? [] : ['-n']), '-F', ...($isRoot ? ['-R'] : [])];
        foreach ([Php::library(), ...$extensions] as $extension) {
            array_push($options, '-d', "extension={$extension}");
        }
        $this->start([$fpm, ...$options, '-y', "{$this->folder}/fpm.conf"], $environment, $socket);
        $this->start($this->server($server, $isRoot, $script), [], "tcp://{$this->address}");
    }

    /** @return list<string> the command */
    private function server(string $name, bool $isRoot, string $script): array
    {
        if ($name === 'apache') {
            // Apache's worker processes do not run as root.
            chmod($this->folder, 0755);
            $values = ['user' => $isRoot ? "User nobody\nGroup nogroup" : '', 'script' => $script, 'modules' => self::APACHE_MODULES];
            $this->write('apache.conf', self::APACHE, $values);

            return [self::find('apache2'), '-DFOREGROUND', '-f', "{$this->folder}/apache.conf"];
        }
        $this->write('nginx.conf', self::NGINX, ['user' => $isRoot ? 'user root;' : '', 'script' => $script]);

        return [self::find('nginx'), '-p', $this->folder, '-c', "{$this->folder}/nginx.conf"];
    }

    public function __destruct()
    {
        foreach ($this->processes as $process) {
            proc_terminate($process);
            proc_close($process);
        }
        Files::remove($this->folder);
    }

    /**
     * @param list<string> $headers
     *
     * @return array{int, string} the status and the body
     */
    public function post(string $body, array $headers = []): array
    {
        return Http::post($this->address, $body, $headers, $this->headers, $this->path);
    }

    /** A header of the last response. */
    public function header(string $name): ?string
    {
        $lines = preg_grep('~^' . preg_quote($name, '~') . ':~i', $this->headers) ?: [];

        return $lines === [] ? null : trim(substr(end($lines), strlen($name) + 1));
    }

    /**
     * Sends a request without waiting for the response.
     *
     * @param list<string> $headers
     *
     * @return resource the connection for the response
     */
    public function begin(string $body, array $headers, string $method = 'POST')
    {
        $connection = stream_socket_client("tcp://{$this->address}");
        $lines = [
            "{$method} {$this->path} HTTP/1.1", 'Host: localhost', 'Connection: close', 'Content-Type: application/json',
            'Content-Length: ' . strlen($body), ...$headers,
        ];
        fwrite($connection, implode("\r\n", $lines) . "\r\n\r\n{$body}");

        return $connection;
    }

    /**
     * Sends bytes unchanged, and returns everything until the server closes the connection.
     */
    public function send(string $request): string
    {
        $connection = stream_socket_client("tcp://{$this->address}");
        stream_set_timeout($connection, 60);
        fwrite($connection, $request);

        return (string) stream_get_contents($connection);
    }

    public function address(): string
    {
        return $this->address;
    }

    /**
     * @return list<string> PHP's log without the timestamps
     */
    public function log(): array
    {
        $log = is_file("{$this->folder}/php.log") ? (string) file_get_contents("{$this->folder}/php.log") : '';

        return explode("\n", rtrim((string) preg_replace('~^\[[^]]*\] ~m', '', $log)));
    }

    /**
     * @param list<string>          $command
     * @param array<string, string> $environment
     */
    private function start(array $command, array $environment, string $address): void
    {
        $output = ['file', "{$this->folder}/output.log", 'a'];
        $process = proc_open($command, [['file', '/dev/null', 'r'], $output, $output], $pipes, null, $environment);
        if ($process === false) {
            throw new RuntimeException("{$command[0]} could not be started");
        }
        $this->processes[] = $process;
        if (!Http::isReady($process, $address)) {
            $output = implode("\n", array_map(file_get_contents(...), glob("{$this->folder}/*.log") ?: []));
            throw new RuntimeException("{$command[0]} did not begin to listen\n{$output}");
        }
    }

    /**
     * @param array<string, string> $values
     */
    private function write(string $name, string $template, array $values): void
    {
        $values += ['folder' => $this->folder, 'address' => $this->address];
        foreach ($values as $key => $value) {
            $template = str_replace("{{$key}}", $value, $template);
        }
        file_put_contents("{$this->folder}/{$name}", $template);
    }

    private static function find(string $program): string
    {
        foreach (explode(':', getenv('PATH') . ':/usr/sbin:/sbin') as $folder) {
            if (is_executable("{$folder}/{$program}")) {
                return "{$folder}/{$program}";
            }
        }
        throw new RuntimeException("{$program} is not installed");
    }
}
