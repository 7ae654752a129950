"""Prints one row per case and one column per receiver, each row as soon as it is known."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import Protocol


class Row(Protocol):
    """``expected`` is the text of each cell if all goes well."""

    @property
    def name(self) -> str: ...

    @property
    def expected(self) -> str: ...


class Table:
    """Columns are as wide as the expected responses. If the window is too narrow, each cell shows only the status, and
    a last column shows the rest, which is the same for all receivers."""

    def __init__(self, rows: Sequence[Row], receivers: Sequence[str]) -> None:
        self._receivers = receivers
        self._titles = list(receivers)
        self._name_width = max(len(row.name) for row in rows)
        self._cell_width = max(len(row.expected) for row in rows) + 2
        self._narrow = self._total_width() > shutil.get_terminal_size((200, 24)).columns
        if self._narrow:
            self._titles = [title.partition(" ")[0] for title in receivers]
            self._cell_width = max(len(title) for title in self._titles)

    def _total_width(self) -> int:
        return self._name_width + len(self._receivers) * (2 + self._cell_width)

    def header(self) -> None:
        rest = "and more" if self._narrow else ""
        self._line("", [bold(title.ljust(self._cell_width)) for title in self._titles], rest)

    def group(self, title: str) -> None:
        print(f"\n{bold(title)}", flush=True)

    def row(self, row: Row, answers: Mapping[str, str]) -> None:
        cells = [self._cell(row, answers[receiver]) for receiver in self._receivers]
        rest = row.expected.partition(" ")[2] if self._narrow else ""
        self._line(row.name, cells, rest)

    def _cell(self, row: Row, answer: str) -> str:
        if answer != row.expected:
            return red(f"✗ {answer}".ljust(self._cell_width))
        shown = answer.partition(" ")[0] if self._narrow else answer
        return green("✓") + f" {shown}".ljust(self._cell_width - 1)

    def _line(self, name: str, cells: Sequence[str], end: str) -> None:
        print("  ".join([name.ljust(self._name_width), *cells, end]).rstrip(), flush=True)


def bold(text: str) -> str:
    return _styled(text, 1)


def red(text: str) -> str:
    return _styled(text, 31)


def green(text: str) -> str:
    return _styled(text, 32)


def _styled(text: str, style: int) -> str:
    if os.environ.get("NO_COLOR") or not sys.stdout.isatty():
        return text
    return f"\x1b[{style}m{text}\x1b[0m"
