"""The types of the events: strict checkers accept a whole handler, and refuse what is wrong in it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from payvost_webhooks import events
from payvost_webhooks.testing import sample_event

SAMPLE = Path(__file__).parent / "typing_events.py"
ROOT = Path(__file__).resolve().parents[2]


def mypy(folder: Path) -> list[int]:
    cache = ROOT / "target" / "mypy"
    output = run(
        folder, sys.executable, "-m", "mypy", "--strict", "--cache-dir", cache, SAMPLE.name
    )
    return [
        int(line) for line in re.findall(rf"^{SAMPLE.name}:(\d+): error:", output, re.MULTILINE)
    ]


def pyright(folder: Path) -> list[int]:
    (folder / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}', "utf-8")
    script = ROOT / "node_modules" / "pyright" / "index.js"
    options = ["--outputjson", "--pythonpath", sys.executable]
    output = run(folder, "node", script, *options, SAMPLE.name)
    found = json.loads(output)["generalDiagnostics"]
    return [entry["range"]["start"]["line"] + 1 for entry in found]


def run(folder: Path, *command: str | Path) -> str:
    """In another folder, so that the types are those of the package as it is installed."""
    (folder / SAMPLE.name).write_bytes(SAMPLE.read_bytes())
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.stdout, done.stderr
    return done.stdout


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_a_checker_refuses_the_marked_lines_and_no_other(checker, tmp_path: Path) -> None:
    lines = SAMPLE.read_text("utf-8").splitlines()
    refused = [number for number, line in enumerate(lines, 1) if "  # refused: " in line]
    assert len(refused) == 7
    assert sorted(set(checker(tmp_path))) == refused


def test_the_types_name_the_fields_of_the_samples() -> None:
    documented = [
        event for event in get_args(events.WebhookEvent) if event is not events.UnknownEvent
    ]
    names = [get_args(get_type_hints(event)["type"])[0] for event in documented]
    assert names == [get_args(known)[0] for known in get_args(events.KnownEventType)]
    for name, event in zip(names, documented):
        data = get_type_hints(event)["data"]
        sample = sample_event(name)
        assert set(sample) == event.__required_keys__ | event.__optional_keys__
        assert set(sample["data"]) == data.__required_keys__ | data.__optional_keys__
        assert data.__required_keys__
