<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests\Support;

use PDO;
use Redis;

/** How many times each event took effect, counted apart from the claims. */
final class Effects
{
    public function __construct(private PDO|Redis $connection, private string $name)
    {
    }

    public function create(): void
    {
        if ($this->connection instanceof PDO) {
            $this->connection->exec("CREATE TABLE {$this->name} (id varchar(255) NOT NULL)");
        }
    }

    public function add(string $id): void
    {
        if ($this->connection instanceof Redis) {
            $this->connection->hIncrBy($this->name, $id, 1);

            return;
        }
        $this->connection->prepare("INSERT INTO {$this->name} (id) VALUES (?)")->execute([$id]);
    }

    /** @return array<string, int> the counts by id */
    public function counts(): array
    {
        if ($this->connection instanceof Redis) {
            return array_map(intval(...), $this->connection->hGetAll($this->name));
        }
        $rows = $this->connection->query("SELECT id, count(*) FROM {$this->name} GROUP BY id");

        return array_map(intval(...), $rows->fetchAll(PDO::FETCH_KEY_PAIR));
    }
}
