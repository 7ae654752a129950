"""The tables of docs/scale.md: what is simulated, what follows from the costs of an event, and what was measured."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench.scale import sizing
from bench.scale.model import LEAD, Course, Scenario, simulate

PAGE = Path(__file__).resolve().parents[2] / "docs/scale.md"
RATES = (1_000, 10_000, 100_000)
# The attempts that are answered in a second, in tenths of the rate of events.
HEADROOM = (None, 30, 20, 15, 12)
SHARE = 0.001


def write() -> None:
    """Writes what is simulated, and what follows from the costs."""
    write_block("simulated", simulated())
    write_block("sizes", sizes())


def write_measured(tables: str, costs: Mapping[str, Mapping[str, int]]) -> None:
    """Writes what `bench/claims/remembered` has measured, and what follows from it."""
    known = sizing.costs()
    for store in known.keys() & costs.keys():
        known[store] = {name: costs[store][name] for name in known[store]}
        known["receivers"]["Python (Flask)"][f"{store}_us"] = costs[store]["python_us"]
    sizing.COSTS.write_text(json.dumps(known, indent=2) + "\n", "utf-8")
    write_block("measured", tables)
    write_block("sizes", sizes())


def block(name: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?<=^<!-- {name} -->\n).*?(?=^<!-- /{name} -->$)", re.MULTILINE | re.DOTALL
    )


def written(name: str) -> str:
    """A part as the page has it."""
    (found,) = block(name).findall(PAGE.read_text("utf-8"))
    return str(found).strip()


def write_block(name: str, text: str) -> None:
    page = PAGE.read_text("utf-8")
    PAGE.write_text(block(name).sub(lambda _: f"\n{text}\n\n", page), "utf-8")


def sizes() -> str:
    return "\n".join(sizing.table(RATES, sizing.costs()))


def simulated() -> str:
    return "\n".join(rows())


def rows() -> Iterator[str]:
    yield (
        "| events per second | attempts answered per second | peak of attempts per second | attempts on top, million"
        " | backlog gone after, min | handled by nobody |"
    )
    yield "| --: | --: | --: | --: | --: | --: |"
    for rate in RATES:
        for headroom in HEADROOM:
            yield row(simulate(scenario(rate, headroom)))


def scenario(rate: int, headroom: int | None) -> Scenario:
    capacity = None if headroom is None else rate * headroom // 10
    return Scenario(rate, capacity=capacity, late=SHARE, doubled=SHARE)


def row(course: Course) -> str:
    capacity = course.scenario.capacity
    cells = (
        f"{course.scenario.rate:,}",
        "all" if capacity is None else f"{capacity:,}",
        f"{course.peak('attempts', -LEAD, course.last_arrival):,}",
        f"{course.on_top / 1e6:,.1f}",
        f"{course.recovered / 60:.0f}",
        f"{course.lost:,}",
    )
    return f"| {' | '.join(cells)} |"
