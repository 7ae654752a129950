"""The table, for a terminal and for the documentation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from bench.rows import Row

TIMES = "\u00d7"
MARK = {True: "✓", False: "✗", None: ""}


def terminal(rows: Iterable[Row]) -> Iterator[str]:
    for section, group in groupby(rows, lambda row: row.section):
        yield f"\n{section}"
        for row in group:
            what = f"{row.host:<8} {row.title} / {row.against}".replace("`", "")
            times = f"{time(row, row.ours_nanoseconds):>10} {time(row, row.their_nanoseconds):>10}"
            yield f"  {MARK[row.holds] or ' '} {what:<76} {times} {ratio(row):>8}  {target(row)}".rstrip()


def summary(rows: Sequence[Row]) -> str:
    judged = [row.holds for row in rows if row.holds is not None]
    return f"{sum(judged)} of {len(judged)} targets reached"


def markdown(rows: Iterable[Row], machine: str) -> str:
    lines = [machine]
    for section, group in groupby(rows, lambda row: row.section):
        lines += ["", f"### {section}", ""]
        lines += ["| | | against | ours | theirs | ratio | target | |"]
        lines += ["| --- | --- | --- | --: | --: | --: | --: | --- |"]
        for row in group:
            ours, theirs = (
                time(row, each) for each in (row.ours_nanoseconds, row.their_nanoseconds)
            )
            cells = [row.host, row.title, row.against, ours, theirs, ratio(row), target(row)]
            lines.append(f"| {' | '.join([*cells, MARK[row.holds]])} |")
    return "\n".join(lines)


def write(document: Path, block: str, made_by: str = "make bench") -> None:
    """Replaces the text between the two marks of the document."""
    text = document.read_text("utf-8")
    begin, end = f"<!-- results: written by `{made_by}` -->\n", "<!-- end of the results -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"{document} has lost the marks between which the results belong")
    document.write_text(pattern.sub(lambda _: f"{begin}\n{block}\n\n{end}", text), "utf-8")


def time(row: Row, nanoseconds: float) -> str:
    if row.language == "http":
        return f"{1e9 / nanoseconds:,.0f}/s".replace(",", "\u202f")
    for unit, size in (("ms", 1e6), ("µs", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds:.3g} ns"


def ratio(row: Row) -> str:
    return f"{row.ratio:.2f} {TIMES}" if row.ratio < 10 else f"{row.ratio:.1f} {TIMES}"


def target(row: Row) -> str:
    if row.at_least is not None:
        return f"≥ {row.at_least:.1f} {TIMES}"
    if row.at_most is not None:
        return f"≤ {row.at_most:.2f} {TIMES}"
    return ""
