"""Running commands, away from the checkout and from what the caller's environment would bring in."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from demo.servers import ROOT

VECTORS = ROOT / "tests" / "vectors"

# What would lead an interpreter, a compiler or a make to this checkout, or to what its caller was told.
LEADING = ("MAKE", "MFLAGS", "NODE_", "PHP", "PKG_CONFIG", "PYTEST", "PYTHON", "VIRTUAL_ENV")


def run(command: Iterable[object], folder: Path, **variables: object) -> str:
    """What the command prints. It fails the test, with all that was printed, when it fails."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(LEADING)}
    result = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**env, **{name: str(value) for name, value in variables.items()}},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def number_of_vectors() -> int:
    import json

    return sum(len(json.loads(path.read_text("utf-8"))["cases"]) for path in VECTORS.glob("*.json"))


def same_as_observed(observed: Path, language: str) -> None:
    """Every vector was run, and what was observed is what the package in the checkout observed, when that was tested before."""
    lines = observed.read_text("utf-8").splitlines()
    assert len(lines) == number_of_vectors()
    checkout = ROOT / "target" / "observed" / f"{language}.jsonl"
    if checkout.exists():
        assert sorted(lines) == sorted(checkout.read_text("utf-8").splitlines())
