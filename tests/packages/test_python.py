"""The output of ``make wheels``: each wheel in an environment of its CPython, and the sources."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from tests.kit.environment import QUICK
from tests.kit.paths import ROOT, VECTORS
from tests.packages.commands import number_of_vectors, released_version, run

PACKAGE = ROOT / "bindings-python"
PYTHONS = dict(
    line.split(" ", 1)
    for line in subprocess.check_output(
        [ROOT / "scripts" / "wheels", "--list"], text=True, stderr=subprocess.DEVNULL
    ).splitlines()
)
VERSION = released_version()


@pytest.fixture(scope="module")
def made() -> Path:
    # Without profiles and optimizations, which change nothing but the speed, and would take minutes.
    folder = ROOT / "target" / "packages" / "python-plain"
    run([ROOT / "scripts" / "wheels", "--plain", folder], ROOT, **QUICK)
    return folder


def wheel_for(made: Path, python: str) -> Path:
    tag = f"cp{python.replace('.', '')}"
    (wheel,) = made.glob(f"payvost_webhooks-{VERSION}-{tag}-{tag}-*.whl")
    return wheel


def test_there_is_one_wheel_for_each_cpython_and_the_sources(made: Path) -> None:
    wheels = {wheel_for(made, python) for python in PYTHONS}
    assert wheels | {made / f"payvost_webhooks-{VERSION}.tar.gz"} == set(made.glob("[!.]*"))
    assert len(wheels) == len(PYTHONS) >= 1


@pytest.mark.parametrize("python", PYTHONS)
def test_a_wheel_holds_the_package_its_types_and_nothing_else(made: Path, python: str) -> None:
    with zipfile.ZipFile(wheel_for(made, python)) as archive:
        names = set(archive.namelist())
        dist_info = f"payvost_webhooks-{VERSION}.dist-info"
        metadata = Parser().parsestr(archive.read(f"{dist_info}/METADATA").decode())
    sources = {
        path.relative_to(PACKAGE / "python").as_posix()
        for path in (PACKAGE / "python" / "payvost_webhooks").rglob("*")
        if path.suffix in (".py", ".pyi", ".typed")
    }
    assert {"payvost_webhooks/_native.pyi", "payvost_webhooks/py.typed"} <= sources
    (native,) = {
        name for name in names if not name.startswith(f"{dist_info}/") and name not in sources
    }
    assert native.startswith(f"payvost_webhooks/_native.cpython-{python.replace('.', '')}-")
    assert sources <= names
    # Only what is asked for as an extra.
    assert [need for need in metadata.get_all("Requires-Dist") if "extra ==" not in need] == []
    assert metadata["Requires-Python"] == ">=3.9"


@pytest.mark.parametrize("python", PYTHONS)
def test_the_installed_wheel_passes_the_vectors(made: Path, python: str, tmp_path: Path) -> None:
    """In an environment that `make setup` made; what is in it besides the package is pytest."""
    environment = ROOT / "target" / "pythons" / python
    interpreter = environment / "bin" / "python"
    assert interpreter.exists(), f"{environment} is not there: run 'scripts/setup pythons'"
    pip = [interpreter, "-m", "pip", "--disable-pip-version-check"]
    run([*pip, "uninstall", "--quiet", "--yes", "payvost-webhooks"], tmp_path)
    run([*pip, "install", "--quiet", "--no-index", wheel_for(made, python)], tmp_path)

    for file in ("test_vectors.py", "canonical.py", "test_newer_pythons.py"):
        shutil.copy(PACKAGE / "tests" / file, tmp_path)
    tests = [interpreter, "-I", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    run(
        [*tests, "-c", "/dev/null", "--rootdir", tmp_path, tmp_path],
        tmp_path,
        VECTORS=VECTORS,
        OBSERVED=tmp_path,
    )
    assert len((tmp_path / "python.jsonl").read_text("utf-8").splitlines()) == number_of_vectors()

    where = "import payvost_webhooks, sys; print(payvost_webhooks.__file__, '%d.%d' % sys.version_info[:2])"
    loaded, version = run([interpreter, "-I", "-c", where], tmp_path).rsplit(" ", 1)
    assert loaded.startswith(f"{environment}/")
    assert version.strip() == python


def test_the_wheel_of_another_cpython_is_not_taken(made: Path, tmp_path: Path) -> None:
    if len(PYTHONS) < 2:
        pytest.skip("there is one CPython only")
    first, *_, last = PYTHONS
    pip = [ROOT / "target" / "pythons" / first / "bin" / "python", "-m", "pip"]
    with pytest.raises(AssertionError, match="is not a supported wheel on this platform"):
        run([*pip, "install", "--no-index", wheel_for(made, last)], tmp_path)


def test_the_sources_build_in_a_folder_of_their_own(made: Path, tmp_path: Path) -> None:
    (sdist,) = made.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = [name.split("/", 1)[1] for name in archive.getnames()]
    assert {"PKG-INFO", "pyproject.toml", "Cargo.lock", "core/src/lib.rs"} <= set(names)
    assert not [
        name for name in names if name.startswith(("target", "bindings-node", "bindings-php"))
    ]
    run([sys.executable, "-m", "venv", tmp_path / "venv"], tmp_path)
    python = tmp_path / "venv" / "bin" / "python"
    pip = [python, "-m", "pip", "--disable-pip-version-check"]
    run(
        [*pip, "install", "--no-cache-dir", sdist],
        tmp_path,
        CARGO_TARGET_DIR=tmp_path / "target",
        **QUICK,
    )
    listed = {
        line.split("==")[0] for line in run([*pip, "list", "--format=freeze"], tmp_path).split()
    }
    assert listed - {"pip", "setuptools", "wheel"} == {"payvost-webhooks"}
    signed = 'import payvost_webhooks as p; print(p.__version__, p.sign(b"{}", "x"))'
    assert run([python, "-I", "-c", signed], tmp_path).split()[0] == VERSION
