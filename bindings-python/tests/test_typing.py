"""The types: strict checkers accept correct use, reject wrong use, and confirm the stubs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLES = [
    pytest.param(path, id=path.stem)
    for path in (
        Path(__file__).with_name(f"typing_{name}.py")
        for name in ("sample", "receivers", "stores", "manage")
    )
]
# Reading the types of the standard library is the slow part.
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
    """Checked in another folder, so that the checker reads the types of the installed package."""
    (folder / "sample.py").write_text(text, "utf-8")
    return run(folder, "mypy", "--strict", "--cache-dir", str(CACHE), "sample.py")


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_checker_accepts_correct_use_and_rejects_wrong_use(sample: Path, tmp_path: Path) -> None:
    status, output = check(tmp_path, sample.read_text("utf-8"))
    assert status == 0, output
    assert "no issues found" in output


@pytest.mark.parametrize("sample", SAMPLES)
def test_each_expected_error_of_the_sample_occurs(sample: Path, tmp_path: Path) -> None:
    text, expected = re.subn(r" +# type: ignore\[[\w-]+\]", "", sample.read_text("utf-8"))
    _, output = check(tmp_path, text)
    assert f"Found {expected} errors" in output


def test_the_stubs_match_the_runtime(tmp_path: Path) -> None:
    # It takes an alias of several literals for a union, which it is not at run time.
    names = (
        "events.KnownEventType",
        "events._AnyOtherType",
        "_http.BodyEnd",
        "stores.claim.TakenState",
        # Django imports these only in a project.
        "django.admin",
        "django.models",
    )
    text = "".join(f"payvost_webhooks.{name}\n" for name in names)
    # Attributes of TypedDict itself, and for pydantic.
    text += r"payvost_webhooks\.events\.\w+\.__\w+__" + "\n"
    (tmp_path / "allowed").write_text(text, "utf-8")
    arguments = ("payvost_webhooks", "--allowlist", "allowed", "--ignore-unused-allowlist")
    status, output = run(tmp_path, "mypy.stubtest", *arguments)
    assert status == 0, output


def test_the_package_passes_strict_checking(tmp_path: Path) -> None:
    arguments = ("--strict", "--cache-dir", str(CACHE), "-p", "payvost_webhooks")
    status, output = run(tmp_path, "mypy", *arguments)
    assert status == 0, output
