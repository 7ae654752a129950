"""What ``pip`` makes of the folder and of its source distribution."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

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


def run(*command: object, folder: Path, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def install(source: Path, folder: Path, **environment: str) -> Path:
    """A fresh virtual environment with the package built from there, and nothing else."""
    home = folder / "venv"
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    pip = (python, "-m", "pip", "--disable-pip-version-check")
    run(*pip, "install", "--no-cache-dir", source, folder=folder, **environment)
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


@pytest.mark.timeout(1200)
def test_installs_from_its_source_distribution(repository: Path, tmp_path: Path) -> None:
    manifest = repository / "bindings-python" / "Cargo.toml"
    run(sys.executable, "-m", "maturin", "sdist", "-m", manifest, "-o", tmp_path, folder=tmp_path)
    (sdist,) = tmp_path.glob("payvost_webhooks-*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = [name.split("/", 1)[1] for name in archive.getnames()]
    assert {"PKG-INFO", "pyproject.toml", "Cargo.lock", "core/src/lib.rs"} <= set(names)
    assert not [
        name for name in names if name.startswith(("target", "bindings-node", "bindings-php"))
    ]
    # Built in a folder of its own: nothing of the repository can slip in.
    smoke(install(sdist, tmp_path, CARGO_TARGET_DIR=str(tmp_path / "target")), tmp_path)


@pytest.mark.timeout(1200)
def test_the_wheel_holds_the_types(repository: Path, tmp_path: Path) -> None:
    manifest = repository / "bindings-python" / "Cargo.toml"
    run(
        *(sys.executable, "-m", "maturin", "build", "--release", "-m", manifest),
        *("--interpreter", sys.executable, "-o", tmp_path),
        folder=tmp_path,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = {
            name.split("/", 1)[1]
            for name in archive.namelist()
            if name.startswith("payvost_webhooks/")
        }
    extension = {
        name for name in names if name.startswith("_native.") and name.endswith((".so", ".pyd"))
    }
    assert len(extension) == 1
    package = repository / "bindings-python" / "python" / "payvost_webhooks"
    sources = {path.name for path in package.iterdir() if path.suffix in (".py", ".pyi", ".typed")}
    assert names - extension == sources | {"py.typed"}
    assert {"_native.pyi", "receiver.py", "pytest_plugin.py"} <= sources
