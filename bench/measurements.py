"""Runs each language's driver and keeps what it measured."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bench.over_http import measure_over_http
from tests.kit.environment import built_environment

ROOT = Path(__file__).resolve().parent.parent
MADE = ROOT / "target" / "bench"
BODIES = MADE / "bodies"

# The bodies besides the guide's event, and the one that only Rust is asked to read: 16 MB.
NAMES = (
    "1-kib",
    "4-kib",
    "32-kib",
    "32-kib-utf8",
    "1-mib-objects",
    "1-mib-strings",
    "1-mib-escapes",
    "1-mib-keys",
)
MILLION_KEYS = "million-keys"

PARTS = ("python", "node", "php", "c", "rust", "http")

Key = tuple[str, str, str]


class Measurements:
    """The time of one call, in nanoseconds, by language, case and subject."""

    def __init__(self, lines: Iterable[Mapping[str, object]]) -> None:
        self._times: dict[Key, float] = {
            (line["language"], line["case"], line["subject"]): line["nanoseconds"] for line in lines
        }

    def time(self, language: str, case: str, subject: str) -> float | None:
        return self._times.get((language, case, subject))

    def best(self, language: str, case: str, subjects: Iterable[str]) -> float | None:
        """The time of the fastest of them."""
        times = [self.time(language, case, subject) for subject in subjects]
        return min((time for time in times if time is not None), default=None)

    def __len__(self) -> int:
        return len(self._times)


def measure(parts: Iterable[str]) -> Measurements:
    built = built_environment()
    lines = []
    with (MADE / "measurements.jsonl").open("w") as kept:
        for part in parts:
            print(f"Measuring: {part}", flush=True)
            for line in measure_over_http(built) if part == "http" else drive(part, built):
                lines.append(line)
                print(json.dumps(line), file=kept, flush=True)
    return Measurements(lines)


def drive(language: str, built: Mapping[str, str]) -> Iterator[dict[str, object]]:
    here = ROOT / "bench"
    names = [*NAMES, MILLION_KEYS] if language == "rust" else NAMES
    command = {
        "python": [MADE / "venv" / "bin" / "python", "-B", here / "python" / "driver.py"],
        "node": ["node", here / "node" / "driver.cjs"],
        "php": ["php", here / "php" / "driver.php"],
        "c": [MADE / "c" / "driver"],
        "rust": [MADE / "cargo" / "release" / "compare"],
    }[language]
    process = subprocess.run(
        [*command, BODIES, *names],
        env=environment(built),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return map(json.loads, process.stdout.splitlines())


def environment(built: Mapping[str, str]) -> dict[str, str]:
    """What was built is found first, then what it is measured against."""
    paths = [built.get("NODE_PATH", ""), str(MADE / "node_modules")]
    return {**built, "NODE_PATH": os.pathsep.join(paths), "PYTHONDONTWRITEBYTECODE": "1"}
