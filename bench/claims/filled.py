"""Stores that remember many events: a Redis for each size, and a table for each size in a PostgreSQL and a MariaDB.

The events are copies of one that the store itself has claimed and completed, so that they are what the store makes of
an event. Their keys differ, and so does the moment when they are forgotten: some of the rows are over already.
"""

from __future__ import annotations

import hashlib
import random
import secrets
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import psycopg
import pymysql
import redis

from payvost_webhooks.stores.redis import RedisStore
from payvost_webhooks.stores.sql import SqlStore

DAY = 86_400_000
# Rows that are over wait for the cleaning, which runs once an hour.
HOUR = DAY // 24
FINGERPRINT = hashlib.sha256(b"{}" * 150).hexdigest()
CACHE_GIGABYTES = 2
# The numbers of the copies, and what a statement calls one.
NUMBERS = {
    "postgres": ("generate_series({first}::bigint, {last}) AS number", "number"),
    "mariadb": ("seq_{first}_to_{last}", "seq"),
}
BATCH = 250_000


def request(key: str) -> Any:
    """What a receiver asks a store for."""
    return SimpleNamespace(
        key=key, fingerprint=FINGERPRINT, event_type="payment.succeeded", retry=False
    )


def new_request() -> Any:
    return request(f"webhook:evt_{secrets.token_hex(12)}")


@dataclass(frozen=True)
class Place:
    """A store that remembers ``count`` events. It can be sent to another process, which opens it there."""

    service: str
    port: int
    url: str
    count: int

    def __reduce__(self) -> Any:
        return Place, (self.service, self.port, self.url, self.count)

    @property
    def table(self) -> str:
        return f"remembered_{self.count}"

    @cached_property
    def client(self) -> Any:
        if self.service == "redis":
            return redis.Redis(port=self.port, socket_timeout=600)
        if self.service == "postgres":
            return psycopg.connect(self.url, autocommit=True)
        return pymysql.connect(
            port=self.port, user="root", database="test", autocommit=True, read_timeout=600
        )

    @cached_property
    def store(self) -> Any:
        if self.service == "redis":
            return RedisStore(self.client)
        # What is timed are the steps, not the opening.
        return SqlStore(lambda: nullcontext(self.client), table=self.table)

    def run(self, statement: str, *values: object) -> list[Any]:
        with self.client.cursor() as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall()) if cursor.description else []

    def bare(self) -> None:
        """The shortest step with which the server says whether a key is new."""
        key = f"bare:{secrets.token_hex(12)}"
        if self.service == "redis":
            self.client.set(key, "1", nx=True, px=DAY)
        elif self.service == "postgres":
            self.run(f"INSERT INTO bare_{self.count} VALUES (%s) ON CONFLICT DO NOTHING", key)
        else:
            self.run(f"INSERT IGNORE INTO bare_{self.count} VALUES (%s)", key)

    def any_done(self) -> Any:
        """A request for one of the events that are done and still remembered."""
        # What is over in the next hour may be over by now.
        number = random.randrange(self.count // 12, self.count)
        digest = hashlib.sha1 if self.service == "redis" else hashlib.md5
        return request(f"webhook:evt_{digest(str(number).encode()).hexdigest()[:24]}")

    def fill(self) -> float:
        """Remembers the events. Returns how many bytes one takes."""
        if self.service == "redis":
            return self._fill_redis()
        self.store.create_table()
        self.run(f"CREATE TABLE bare_{self.count} (id varchar(100) PRIMARY KEY)")
        template = self._template()
        numbers, number = NUMBERS[self.service]
        text = f"CAST({number} AS char(12))" if self.service == "mariadb" else f"{number}::text"
        columns = self.run(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s", self.table
        )
        replaced = {
            "claim_key": f"CONCAT('webhook:evt_', LEFT(MD5({text}), 24))",
            "forget_at": f"forget_at - {DAY + HOUR} + {number} * {DAY} / {self.count}",
        }
        names = [name for (name,) in columns]
        values = ", ".join(replaced.get(name, name) for name in names)
        for first in range(0, self.count, BATCH):
            last = min(first + BATCH, self.count) - 1
            source = f"{self.table}, {numbers.format(first=first, last=last)}"
            copied = f"SELECT {values} FROM {source} WHERE claim_key = %s"
            self.run(f"INSERT INTO {self.table} ({', '.join(names)}) {copied}", template)
        self.run(f"DELETE FROM {self.table} WHERE claim_key = %s", template)
        return self.size() / self.count

    def _template(self) -> str:
        example = new_request()
        self.store.claim(example, "0" * 32, None)
        self.store.complete(example.key, "0" * 32)
        return str(example.key)

    def _fill_redis(self) -> float:
        template = self._template()
        copy = self.client.register_script(
            "local record = redis.call('DUMP', KEYS[1])\n"
            "for number = ARGV[1], ARGV[2] do\n"
            "  local key = 'webhook:evt_' .. string.sub(redis.sha1hex(string.format('%d', number)), 1, 24)\n"
            "  redis.call('RESTORE', key, 60000 + math.floor(ARGV[3] * number / ARGV[4]), record)\n"
            "end"
        )
        before = self.size()
        for first in range(0, self.count, 5_000):
            copy([template], [first, min(first + 5_000, self.count) - 1, DAY, self.count])
        return (self.size() - before) / self.count

    def size(self) -> int:
        """The bytes that the records take, with what belongs to them."""
        if self.service == "redis":
            return int(self.client.info("memory")["used_memory"])
        if self.service == "postgres":
            self.run(f"VACUUM ANALYZE {self.table}")
            return int(self.run("SELECT pg_total_relation_size(%s)", self.table)[0][0])
        (size,) = self.run(
            "SELECT file_size FROM information_schema.innodb_sys_tablespaces WHERE name = %s",
            f"test/{self.table}",
        )
        return int(size[0])
