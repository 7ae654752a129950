"""SQL: what cleaning and listing read does not grow with what the table remembers."""

from __future__ import annotations

import contextlib
import json
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from kinds import connect

from payvost_webhooks import _native
from payvost_webhooks.stores.sql import SqlStore

REMEMBERED = 20_000
EXPIRED = 30

FILL = {
    "postgres": "FROM generate_series(1, {count}) AS numbers (n)",
    "mysql": "FROM (SELECT seq AS n FROM seq_1_to_{count}) AS numbers",
    "sqlite": "FROM (WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count})"
    " SELECT n FROM numbers)",
}
ROW = """INSERT INTO {table}
(claim_key, fingerprint, state, token, attempt, lease_until, forget_at, changed_at, event_type)
SELECT CONCAT('webhook:{name}_', n), 'ff', '{state}', 'a', 1, 0, {forget_at}, 0, 'payment.succeeded' """
LATER = 9_000_000_000_000
VALUES = {"lease": 1, "remember": 1, "payload": b"a"}


@pytest.fixture(params=["postgres", "mysql", "sqlite"])
def table(request: pytest.FixtureRequest, url_of: Callable[[str], str]) -> Iterator[Table]:
    made = Table(request.param, url_of(request.param))
    yield made
    made.drop()


class Table:
    """A table with many events that are done, and a few of each state that are expired."""

    def __init__(self, dialect: str, url: str) -> None:
        self.dialect, self.name = dialect, f"large_{uuid.uuid4().hex[:12]}"
        self.store = SqlStore(lambda: connect(url), table=self.name)
        self.store.create_table()
        self.connection = connect(url)
        self.fill("done", LATER, REMEMBERED)
        for state in ("done", "failed", "claimed"):
            self.fill(state, 1, EXPIRED // 3)
        self.fill("claimed", LATER, 5)
        self.run(f"{'ANALYZE TABLE' if dialect == 'mysql' else 'ANALYZE'} {self.name}")

    def fill(self, state: str, forget_at: int, count: int) -> None:
        row = ROW.format(
            table=self.name, name=f"{state}_{forget_at}", state=state, forget_at=forget_at
        )
        row += FILL[self.dialect].format(count=count)
        if self.dialect == "sqlite":
            row = re.sub(r"CONCAT\((.+?), n\)", r"\1 || n", row)
        self.run(row)

    def run(self, words: str, values: Any = ()) -> list[Any]:
        with contextlib.closing(self.connection.cursor()) as cursor:
            cursor.execute(words, values)
            rows = list(cursor.fetchall()) if cursor.description else []
        self.connection.commit()
        return rows

    def read(self, step: str, values: dict[str, Any]) -> int:
        """How many rows, or pages of PostgreSQL, a step reads. SQLite says only that it searches an index."""
        style = "question" if self.dialect == "sqlite" else "format"
        statements = _native.sql_statements(self.dialect, style, self.name)
        text, bound = next(
            (text, [values[parameter] for parameter in parameters])
            for name, text, parameters in statements
            if name == step
        )
        if self.dialect == "postgres":
            plan = self.run(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {text}", bound)[0][0]
            whole = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
            return int(whole["Shared Hit Blocks"] + whole["Shared Read Blocks"])
        if self.dialect == "mysql":
            self.run("FLUSH STATUS")
            self.run(text, bound)
            return sum(
                int(count) for _, count in self.run("SHOW SESSION STATUS LIKE 'Handler_read%%'")
            )
        plan = " ".join(str(row[3]) for row in self.run(f"EXPLAIN QUERY PLAN {text}", bound))
        self.run(text, bound)
        return REMEMBERED if "SCAN" in plan else plan.count("SEARCH")

    def drop(self) -> None:
        self.run(f"DROP TABLE {self.name}")
        self.connection.close()


def test_cleaning_reads_what_it_deletes(table: Table) -> None:
    assert table.read("forget", {"limit": 1_000}) < 10 * EXPIRED
    assert table.run(f"SELECT COUNT(*) FROM {table.name} WHERE forget_at = 1") == [(0,)]
    assert table.run(f"SELECT COUNT(*) FROM {table.name}") == [(REMEMBERED + 5,)]


def test_a_batch_is_not_larger(table: Table) -> None:
    table.read("forget", {"limit": EXPIRED // 3 + 1})
    assert table.run(f"SELECT COUNT(*) FROM {table.name} WHERE forget_at = 1") == [
        (EXPIRED // 3 * 2 - 1,)
    ]


def test_dead_letters_are_found_among_what_is_open(table: Table) -> None:
    assert table.read("dead_letters", {"open_key": "webhook-open", "limit": 10}) < 10 * EXPIRED
    assert len(table.store.dead_letters()) == 5


def test_a_plan_for_an_empty_table_finds_a_row_by_its_key(url_of: Callable[[str], str]) -> None:
    """Connections keep prepared plans, and the table grows."""
    name = f"empty_{uuid.uuid4().hex[:12]}"
    with contextlib.closing(connect(url_of("postgres"))) as connection:
        SqlStore(lambda: connect(url_of("postgres")), table=name).create_table()
        plans = {}
        for step, text, parameters in _native.sql_statements("postgres", "format", name):
            if "key" in parameters and not text.startswith("INSERT"):
                values = [VALUES.get(parameter, "a") for parameter in parameters]
                rows = connection.cursor().execute(f"EXPLAIN {text}", values).fetchall()
                plans[step] = "\n".join(line for (line,) in rows)
        connection.rollback()
        connection.cursor().execute(f"DROP TABLE {name}")
        connection.commit()
    assert {
        "claim",
        "claim_again",
        "complete",
        "release",
        "extend",
        "take",
        "leave",
    } <= plans.keys()
    for step, plan in plans.items():
        assert f"{name}_state" not in plan, (step, plan)
        assert "Seq Scan" not in plan, (step, plan)
