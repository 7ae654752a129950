"""The command line as it is released: for npm and PyPI with its binary, and as crates."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from tests.kit.paths import ROOT
from tests.packages.commands import released_version, run

VERSION = released_version()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    run([ROOT / "scripts" / "package-cli", folder], ROOT)
    return folder


def check(command: list[object], folder: Path) -> None:
    """It works, and passes arguments, streams and the exit status on."""
    print(f"{command[0]}: {min(seconds(command, folder) for _ in range(2)):.2f} s")
    listed = json.loads(run([*command, "events", "list", "--json"], folder))
    assert "payment.succeeded" in listed
    signed = [str(part) for part in [*command, "sign", "-", "--secret", "whsec_test"]]
    result = subprocess.run(signed, cwd=folder, input=b"{}", capture_output=True, check=False)
    assert (result.returncode, len(result.stdout.strip())) == (0, 64)
    wrong = [str(part) for part in [*command, "nonsense"]]
    assert subprocess.run(wrong, cwd=folder, capture_output=True, check=False).returncode == 2


def seconds(command: list[object], folder: Path) -> float:
    """How long it takes to say its version."""
    started = time.monotonic()
    assert run([*command, "--version"], folder) == f"payvost-webhooks {VERSION}\n"
    return time.monotonic() - started


def test_npx_runs_the_packed_files_offline(made: Path, tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text("{}")
    install = ["npm", "install", "--offline", "--no-audit", "--no-fund", "--no-update-notifier"]
    run([*install, *made.glob("*.tgz")], tmp_path, npm_config_cache=tmp_path / "cache")
    check(["npx", "--offline", "payvost-webhooks"], tmp_path)


def test_the_wheel_puts_the_binary_on_the_path(made: Path, tmp_path: Path) -> None:
    (wheel,) = made.glob(f"payvost_webhooks_cli-{VERSION}-py3-none-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert f"payvost_webhooks_cli-{VERSION}.data/scripts/payvost-webhooks" in names
    assert [name for name in names if name.endswith(".py")] == []
    run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], tmp_path)
    python = tmp_path / "venv" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check"]
    run([*pip, "install", "--quiet", "--no-index", wheel], tmp_path)
    check([tmp_path / "venv" / "bin" / "payvost-webhooks"], tmp_path)


def test_pipx_runs_the_wheel_offline(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (wheel,) = made.glob("*.whl")
    monkeypatch.setenv("PIPX_HOME", str(tmp_path / "pipx"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    # The pip that pipx uses: it would fetch one.
    monkeypatch.setenv("PIPX_SHARED_LIBS", sys.prefix)
    monkeypatch.setenv("PIPX_DISABLE_SHARED_LIBS_AUTO_UPGRADE", "1")
    (tmp_path / "empty").mkdir()
    check(["pipx", "run", "--spec", wheel, "payvost-webhooks"], tmp_path / "empty")


@pytest.mark.parametrize("package", ["payvost-webhooks-sandbox", "payvost-webhooks-cli"])
def test_the_crate_holds_its_licences_and_no_test(package: str) -> None:
    command = ["cargo", "package", "--list", "--allow-dirty", "--package", package]
    names = run(command, ROOT).split()
    assert {"Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "README.md"} <= set(names)
    assert "src/main.rs" in names or "src/lib.rs" in names
    own = {"Cargo.lock", "Cargo.toml.orig", ".cargo_vcs_info.json"}
    top = {name.split("/")[0] for name in names} - own
    assert top == {"Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "README.md", "src"}


def test_the_npm_package_has_the_version_of_all_others() -> None:
    manifest = json.loads((ROOT / "cli" / "npm" / "package.json").read_text("utf-8"))
    assert manifest["version"] == VERSION
