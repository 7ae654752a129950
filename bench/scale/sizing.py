"""How many processors, primaries and bytes a rate of events needs: arithmetic on the costs of one event."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

COSTS = Path(__file__).with_name("costs.json")
HOUR, DAY = 3_600, 86_400
# Receivers that answer three times the rate of events lose none in an outage of an hour: see the simulation.
HEADROOM = 3
# Of a processor of Redis, how much may be busy in that case.
BUSY = 0.8
# Memory of one primary for records: half of 64 GB, since a fork may copy what changes.
PRIMARY_GB = 32
# A request with its headers, and the response.
REQUEST_BYTES = 1_000


def costs(file: Path = COSTS) -> dict[str, Any]:
    return dict(json.loads(file.read_text("utf-8")))


def sizes(rate: int, costs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What each part needs, by its name."""
    peak, events = rate * HEADROOM, rate * DAY
    redis, postgres = costs["redis"], costs["postgres"]
    for name, cost in costs["receivers"].items():
        for store, title in (("redis", "Redis"), ("postgres", "PostgreSQL")):
            seconds = (cost["http_us"] + cost[f"{store}_us"]) / 1e6
            yield f"processes of {name}, with {title}", f"{up(peak * seconds):,}"
    yield "events that are remembered for 24 h", f"{events / 1e6:,.1f} million"
    gigabytes = events * redis["bytes"] / 1e9
    yield "Redis: memory for them", amount(gigabytes)
    yield (
        "Redis: more while handlers fail for an hour",
        amount(rate * HOUR * redis["kept_bytes"] / 1e9),
    )
    yield f"Redis: primaries of {PRIMARY_GB} GB for the 24 h", f"{up(gigabytes / PRIMARY_GB):,}"
    yield "Redis: primaries for the claims", f"{up(peak * redis['server_us'] / 1e6 / BUSY):,}"
    yield "Redis: log, a second", amount(rate * redis["log_bytes"] / 1e9)
    yield "PostgreSQL: disk for the rows", amount(events * postgres["bytes"] / 1e9)
    failing = rate * HOUR * postgres["kept_bytes"] / 1e9
    yield "PostgreSQL: more while handlers fail for an hour", amount(failing)
    yield "PostgreSQL: processors", f"{up(peak * postgres['server_us'] / 1e6):,}"
    yield "PostgreSQL: log, a second", amount(rate * postgres["log_bytes"] / 1e9)
    yield "PostgreSQL: log, a day", amount(events * postgres["log_bytes"] / 1e9)
    yield "network to the receivers, at the peak", f"{peak * REQUEST_BYTES * 8 / 1e6:,.0f} Mbit/s"
    yield "network to Redis, at the peak", f"{peak * redis['network_bytes'] * 8 / 1e6:,.0f} Mbit/s"


def up(number: float) -> int:
    """The next whole number, as nobody can start a part of a process."""
    return -int(-number // 1)


def amount(gigabytes: float) -> str:
    if gigabytes >= 1_000:
        return f"{gigabytes / 1_000:,.1f} TB"
    return f"{gigabytes:,.0f} GB" if gigabytes >= 1 else f"{gigabytes * 1_000:,.0f} MB"


def table(rates: tuple[int, ...], costs: Mapping[str, Any]) -> Iterator[str]:
    columns = [dict(sizes(rate, costs)) for rate in rates]
    yield f"| events a second | {' | '.join(f'{rate:,}' for rate in rates)} |"
    yield f"| --- |{' --: |' * len(rates)}"
    for name in columns[0]:
        yield f"| {name} | {' | '.join(column[name] for column in columns)} |"


def main(rate: str = "1000", file: str = str(COSTS)) -> None:
    print("\n".join(table((int(rate),), costs(Path(file)))))


if __name__ == "__main__":
    main(*sys.argv[1:])
