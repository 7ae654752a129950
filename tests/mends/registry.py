"""The mends of field defects, as the TOML files beside this module list them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

try:
    import tomllib
except ModuleNotFoundError:  # before Python 3.11
    import tomli as tomllib

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


class Mend(NamedTuple):
    """A mend in one language, and the test that fails without it."""

    line: str
    language: str
    file: str
    now: str
    """The text of the mend. The file has it once."""
    was: str
    """The text that takes the mend back."""
    test: str
    """A file of tests, and the name of one of them."""

    @property
    def key(self) -> str:
        return f"{self.line} | {self.language} | {self.file} | {self.test}"

    @property
    def is_compiled(self) -> bool:
        """Whether Cargo builds the file, or includes it."""
        return self.file.endswith((".rs", ".sql", ".lua"))

    def problem(self, root: Path) -> str | None:
        """Why this cannot be taken back."""
        path = root / self.file
        count = path.read_text("utf-8").count(self.now) if path.is_file() else 0
        if count == 1:
            return None
        return f"the mend has moved: {self.line!r} is {count} times in {self.file}"


def mends(patterns: list[str]) -> Iterator[Mend]:
    """The mends that match all patterns."""
    for path in sorted(HERE.glob("*.toml")):
        for entry in tomllib.loads(path.read_text("utf-8"))["mend"]:
            mend = Mend(**entry)
            names = f"{path.stem} {mend.key}".lower()
            if all(pattern.lower() in names for pattern in patterns):
                yield mend
