<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use RuntimeException;

/**
 * A process that ends when its input is closed: at the latest with this process, even after a fatal error or SIGKILL, because the
 * system closes the pipe. For tests.
 *
 * @internal
 */
final class Companion
{
    /** @var resource|null */
    private $process;

    /** @var resource */
    private $input;

    /** @var resource what it prints */
    private $output;

    /** @var resource a temporary file */
    private $errors;

    /** A forked child inherits the object, but must not end the process. */
    private int $owner;

    /**
     * @param list<string>               $command
     * @param array<string, string>|null $environment null: that of this process
     */
    public function __construct(array $command, ?array $environment = null)
    {
        $this->errors = tmpfile() ?: throw new RuntimeException('no temporary file can be made in ' . sys_get_temp_dir());
        $this->process = proc_open($command, [['pipe', 'r'], ['pipe', 'w'], $this->errors], $pipes, null, $environment)
            ?: throw new RuntimeException("{$command[0]} could not be started");
        [$this->input, $this->output] = $pipes;
        $this->owner = getmypid();
    }

    public function __destruct()
    {
        if ($this->owner === getmypid()) {
            $this->stop();
        }
    }

    /** The next line that it prints, or null after the last one. */
    public function line(): ?string
    {
        $line = fgets($this->output);

        return $line === false ? null : $line;
    }

    public function hasEnded(): bool
    {
        stream_set_blocking($this->output, false);
        $hasEnded = fread($this->output, 1) === '' && feof($this->output);
        stream_set_blocking($this->output, true);

        return $hasEnded;
    }

    /**
     * Ends the process, and waits until it has ended.
     *
     * @return string what it has printed and logged; empty the second time
     */
    public function stop(): string
    {
        if ($this->process === null) {
            return '';
        }
        fclose($this->input);
        $printed = (string) stream_get_contents($this->output);
        fclose($this->output);
        proc_close($this->process);
        $this->process = null;
        rewind($this->errors);

        return stream_get_contents($this->errors) . $printed;
    }
}
