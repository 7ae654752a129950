"""Runs commands away from the checkout, and without the caller's environment."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tests.kit.paths import ROOT, VECTORS

# Variables that would lead an interpreter, a compiler or a make to this checkout, or to its caller's options.
LEADING = ("MAKE", "MFLAGS", "NODE_", "PHP", "PKG_CONFIG", "PYTEST", "PYTHON", "VIRTUAL_ENV")


def run(command: Iterable[object], folder: Path, **variables: object) -> str:
    """The output of the command. If the command fails, the test fails with all the output."""
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
    return sum(len(json.loads(path.read_text("utf-8"))["cases"]) for path in VECTORS.glob("*.json"))


def released_version() -> str:
    """The one that counts for the core and all bindings."""
    manifest = (ROOT / "Cargo.toml").read_text("utf-8")
    return manifest.split('\nversion = "', 1)[1].split('"', 1)[0]
