"""The types: a strict checker accepts right use, refuses wrong use, and finds the stubs true."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

SAMPLE = Path(__file__).parent / "typing_sample.py"
# The slow part is reading the standard library's types.
CACHE = Path(__file__).resolve().parents[2] / "target" / "mypy"


def run(folder: Path, module: str, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def check(folder: Path, text: str) -> tuple[int, str]:
    """Checked in another folder, so that the types are those of the package as it is installed."""
    (folder / "sample.py").write_text(text, "utf-8")
    return run(folder, "mypy", "--strict", "--cache-dir", str(CACHE), "sample.py")


def test_right_use_passes_and_wrong_use_does_not(tmp_path: Path) -> None:
    status, output = check(tmp_path, SAMPLE.read_text("utf-8"))
    assert status == 0, output
    assert "no issues found" in output


def test_each_error_that_the_sample_expects_is_one(tmp_path: Path) -> None:
    text, expected = re.subn(r" +# type: ignore\[[\w-]+\]", "", SAMPLE.read_text("utf-8"))
    _, output = check(tmp_path, text)
    assert f"Found {expected} errors" in output


def test_the_stubs_agree_with_what_is_loaded(tmp_path: Path) -> None:
    status, output = run(tmp_path, "mypy.stubtest", "payvost_webhooks")
    assert status == 0, output
