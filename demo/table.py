"""Prints one row per case and one column per receiver, each row as soon as it is known."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence

from tests.kit.cases import Case, Group


class Table:
    """Columns are as wide as the expected responses. If the window is too narrow, each cell shows only the status, and
    a last column shows the error code, which is the same for all receivers."""

    def __init__(self, groups: Sequence[Group], receivers: Sequence[str]) -> None:
        cases = [case for group in groups for case in group.cases]
        self._receivers = receivers
        self._titles = list(receivers)
        self._name_width = max(len(case.name) for case in cases)
        self._cell_width = max(len(case.expected) for case in cases) + 2
        self._narrow = self._total_width() > shutil.get_terminal_size((200, 24)).columns
        if self._narrow:
            self._titles = [title.partition(" ")[0] for title in receivers]
            self._cell_width = max(len(title) for title in self._titles)

    def _total_width(self) -> int:
        return self._name_width + len(self._receivers) * (2 + self._cell_width)

    def header(self) -> None:
        code = "error code" if self._narrow else ""
        self._line("", [bold(title.ljust(self._cell_width)) for title in self._titles], code)

    def group(self, group: Group) -> None:
        print(f"\n{bold(group.title)}", flush=True)

    def row(self, case: Case, answers: Mapping[str, str]) -> None:
        cells = [self._cell(case, answers[receiver]) for receiver in self._receivers]
        code = case.expected.partition(" ")[2] if self._narrow else ""
        self._line(case.name, cells, code)

    def _cell(self, case: Case, answer: str) -> str:
        if answer != case.expected:
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
