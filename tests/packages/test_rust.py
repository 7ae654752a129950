"""The crate as it is published: what it holds, and that it builds where nothing of the repository is."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from tests.kit.paths import ROOT
from tests.packages.commands import run


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("target")
    run(
        [
            "cargo",
            "package",
            "--quiet",
            "--allow-dirty",
            "--no-verify",
            "--package",
            "payvost-webhooks",
            "--target-dir",
            target,
        ],
        ROOT,
    )
    (archive,) = (target / "package").glob("*.crate")
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(archive) as files:
        files.extractall(folder)
    (crate,) = folder.iterdir()
    return crate


def test_the_crate_holds_its_licences_and_no_test_that_reads_outside_of_it(unpacked: Path) -> None:
    names = {path.name for path in unpacked.iterdir()}
    assert names == {
        ".cargo_vcs_info.json",
        "Cargo.lock",
        "Cargo.toml",
        "Cargo.toml.orig",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "src",
    }
    for licence in ("LICENSE-APACHE", "LICENSE-MIT"):
        assert (unpacked / licence).read_text() == (ROOT / licence).read_text()


def test_docs_rs_documents_every_feature(unpacked: Path) -> None:
    manifest = (unpacked / "Cargo.toml").read_text()
    assert "[package.metadata.docs.rs]\nall-features = true" in manifest


def test_the_crate_builds_by_itself_with_every_feature(unpacked: Path) -> None:
    run(
        [
            "cargo",
            "check",
            "--quiet",
            "--locked",
            "--all-features",
            "--target-dir",
            unpacked.parent / "target",
        ],
        unpacked,
    )
