"""Installation with ``pip`` from the folder. tests/packages covers released packages."""

from __future__ import annotations

import os
import subprocess
import venv
from pathlib import Path

import pytest

from tests.kit.environment import QUICK

pytestmark = pytest.mark.slow

SMOKE = """
import payvost_webhooks as package
from importlib.metadata import version

payload = (
    b'{"id":"evt_1","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z",'
    b'"liveMode":true,"data":{"amount":"99.99"}}'
)
signature = package.sign(payload, "whsec_example")
event = package.verify_webhook(payload, signature, "whsec_example")
assert event["data"]["amount"] == "99.99"
try:
    package.verify_webhook(payload + b" ", signature, "whsec_example")
except package.SignatureVerificationError as error:
    print(version("payvost-webhooks"), package.__version__, error.code, package.__file__)
"""


def run(*command: object, folder: Path) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**os.environ, **QUICK},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def install(source: Path, folder: Path) -> Path:
    """A new virtual environment with only the package, built from the given folder."""
    home = folder / "venv"
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    pip = (python, "-m", "pip", "--disable-pip-version-check")
    run(*pip, "install", "--no-cache-dir", source, folder=folder)
    listed = run(*pip, "list", "--format=freeze", folder=folder).split()
    assert {line.split("==")[0] for line in listed} - {"pip", "setuptools", "wheel"} == {
        "payvost-webhooks"
    }
    return python


def smoke(python: Path, folder: Path) -> None:
    installed, native, code, path = run(python, "-I", "-c", SMOKE, folder=folder).split()
    assert installed == native
    assert code == "signature_mismatch"
    assert path.startswith(str(python.parents[1]))


@pytest.mark.timeout(1200)
def test_installs_from_the_repository(repository: Path, tmp_path: Path) -> None:
    smoke(install(repository / "bindings-python", tmp_path), tmp_path)
