"""The archive of the C library, unpacked elsewhere, in projects with CMake and with pkg-config."""

from __future__ import annotations

import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.kit.paths import ROOT, VECTORS
from tests.packages.commands import number_of_vectors, run

PROJECT = Path(__file__).with_name("c")
TESTS = ROOT / "bindings-c" / "tests"


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder away from the build, with a space in its name."""
    packed = tmp_path_factory.mktemp("packed")
    archive = Path(run([ROOT / "scripts" / "package-c", packed], packed).splitlines()[-1])
    folder = tmp_path_factory.mktemp("un packed")
    with tarfile.open(archive) as files:
        files.extractall(folder)
    archive.unlink()
    (prefix,) = folder.iterdir()
    return prefix


def test_the_archive_holds_both_libraries_and_their_descriptions(unpacked: Path) -> None:
    files = {str(path.relative_to(unpacked)) for path in unpacked.rglob("*") if not path.is_dir()}
    version = unpacked.name.split("-")[3]
    assert files == {
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "include/payvost_webhooks.h",
        "lib/cmake/payvost_webhooks/payvost_webhooks-config-version.cmake",
        "lib/cmake/payvost_webhooks/payvost_webhooks-config.cmake",
        "lib/libpayvost_webhooks.a",
        "lib/libpayvost_webhooks.so",
        "lib/libpayvost_webhooks.so.0",
        f"lib/libpayvost_webhooks.so.{version}",
        "lib/pkgconfig/payvost_webhooks.pc",
    }


def configure(folder: Path, prefix: Path, components: str, linked: str, *more: str) -> Path:
    build = folder / "build"
    given = {
        "CMAKE_PREFIX_PATH": prefix,
        "COMPONENTS": components,
        "LINKED": linked,
        "TESTS": TESTS,
    }
    options = [f"-D{name}={value}" for name, value in given.items()]
    run(["cmake", "-S", PROJECT, "-B", build, *options, *more], folder)
    return build


@pytest.mark.parametrize(
    ("components", "linked", "more", "is_shared"),
    [
        ("shared", "shared", "", True),
        ("static", "static", "", False),
        ("shared;static", "payvost_webhooks", "", True),
        ("shared;static", "payvost_webhooks", "-DBUILD_SHARED_LIBS=OFF", False),
    ],
)
def test_a_cmake_project_passes_the_vectors(
    tmp_path: Path, unpacked: Path, components: str, linked: str, more: str, is_shared: bool
) -> None:
    build = configure(tmp_path, unpacked, components, linked, *more.split())
    run(["cmake", "--build", build, "--parallel", "2"], tmp_path)

    needed = run(["readelf", "-d", build / "vectors"], tmp_path)
    assert ("[libpayvost_webhooks.so.0]" in needed) is is_shared
    run([build / "vectors", VECTORS, tmp_path / "observed"], tmp_path)
    assert len((tmp_path / "observed").read_text().splitlines()) == number_of_vectors()
    run([build / "usage"], tmp_path)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("0.1", True), ("0.1.0;EXACT", True), ("0.1...<1", True), ("0.0.9", False), ("0.2", False)],
)
def test_cmake_gives_the_version_that_fits(
    tmp_path: Path, unpacked: Path, wanted: str, found: bool
) -> None:
    try:
        configure(tmp_path, unpacked, "shared", "shared", f"-DWANTED={wanted}")
    except AssertionError as error:
        assert not found, error
        assert "compatible with requested version" in " ".join(str(error).split())
    else:
        assert found


def test_cmake_says_which_library_is_missing(tmp_path: Path, unpacked: Path) -> None:
    run(["cp", "-a", unpacked, tmp_path / "prefix"], tmp_path)
    (tmp_path / "prefix" / "lib" / "libpayvost_webhooks.a").unlink()
    with pytest.raises(AssertionError, match="there is no static library in"):
        configure(tmp_path, tmp_path / "prefix", "static", "static")


@pytest.mark.parametrize("static", [False, True])
def test_pkg_config_finds_what_is_beside_its_file(
    tmp_path: Path, unpacked: Path, static: bool
) -> None:
    prefix = tmp_path / "prefix"  # the flags of pkg-config are words
    run(["cp", "-a", unpacked, prefix], tmp_path)
    if static:
        for shared in prefix.glob("lib/*.so*"):
            shared.unlink()
    path = f"{prefix}/lib/pkgconfig:{default_path()}"
    asked = ["pkg-config", "--cflags", "--libs", *(["--static"] if static else [])]
    ours = run([*asked, "payvost_webhooks"], tmp_path, PKG_CONFIG_PATH=path).split()
    jansson = run(["pkg-config", "--cflags", "--libs", "jansson"], tmp_path).split()
    flags = ["-std=c11", "-D_POSIX_C_SOURCE=200809L", TESTS / "vectors.c", *ours, *jansson]
    run(["cc", *flags, "-o", tmp_path / "vectors"], tmp_path)
    run(
        [tmp_path / "vectors", VECTORS, tmp_path / "observed"],
        tmp_path,
        LD_LIBRARY_PATH=prefix / "lib",
    )
    assert len((tmp_path / "observed").read_text().splitlines()) == number_of_vectors()


def test_a_program_can_be_static_as_a_whole(tmp_path: Path, unpacked: Path) -> None:
    """Without libgcc_s, which only exists as a shared library."""
    prefix = tmp_path / "prefix"
    run(["cp", "-a", unpacked, prefix], tmp_path)
    for shared in prefix.glob("lib/*.so*"):
        shared.unlink()
    asked = ["pkg-config", "--static", "--cflags", "--libs", "payvost_webhooks"]
    ours = run(asked, tmp_path, PKG_CONFIG_PATH=f"{prefix}/lib/pkgconfig").split()
    version = f'-DPACKAGE_VERSION="{unpacked.name.split("-")[3]}"'
    flags = ["-std=c11", "-D_POSIX_C_SOURCE=200809L", version, "-static", TESTS / "event.c", *ours]
    run(["cc", *flags, "-o", tmp_path / "event"], tmp_path)
    run([tmp_path / "event"], tmp_path)


def default_path() -> str:
    return subprocess.check_output(
        ["pkg-config", "--variable=pc_path", "pkg-config"], text=True, env=os.environ
    ).strip()
