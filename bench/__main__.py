"""Measures, prints the table, and writes it to the documentation; see docs/benchmarks.md.

python -m bench [PART…]        parts: python node php c rust http; without one all, and only then the documentation
"""

from __future__ import annotations

import signal
import sys
from itertools import groupby

from bench import chart, report
from bench.machine import BUSY, busy, describe
from bench.measurements import PARTS, ROOT, measure
from bench.rows import Row, rows
from tests.kit.servers import ENDING_SIGNALS

DOCUMENT = ROOT / "docs" / "benchmarks.md"
CHART = ROOT / "docs" / "benchmarks.svg"


def main() -> int:
    for number in ENDING_SIGNALS:
        signal.signal(number, end)
    parts = sys.argv[1:] or list(PARTS)
    if unknown := set(parts) - set(PARTS):
        print(f"bench: no such part: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2

    busy_before = busy()
    compared = rows(measure(parts))
    print("\n".join(report.terminal(compared)))
    print(f"\n{report.summary(compared)}")
    if busy_before > BUSY:
        print(f"Other work took {busy_before:.0%} of the processors: do not rely on these times.")
    if set(parts) == set(PARTS):
        block = f"{report.markdown(compared, describe(busy_before))}\n\n{report.summary(compared)}."
        report.write(DOCUMENT, block)
        CHART.write_text(event_chart(compared), "utf-8")
        print(f"Written to {DOCUMENT.relative_to(ROOT)} and {CHART.relative_to(ROOT)}")
    return 0


def end(number: int, _frame: object) -> None:
    sys.exit(128 + number)


def event_chart(compared: list[Row]) -> str:
    """The guide's event in each host that parses it."""
    events = [row for row in compared if row.section == compared[0].section]
    panels = []
    for host, group in groupby(events, lambda row: row.host):
        group = [row for row in group if row.title == "verifier"]
        bars = [bar("this library", group[0], group[0].ours_nanoseconds, ours=True)]
        bars += [bar(row.against, row, row.their_nanoseconds) for row in group]
        panels.append(chart.Panel(host, bars))
    title = "Time to verify and parse the guide's event of 304 bytes"
    return chart.draw(title, "Shorter is better. Each host has its own scale.", panels)


def bar(label: str, row: Row, nanoseconds: float, *, ours: bool = False) -> chart.Bar:
    return chart.Bar(label.replace("`", ""), nanoseconds, report.time(row, nanoseconds), ours)


if __name__ == "__main__":
    sys.exit(main())
