"""The PHP extension from its archive, and built as PIE builds it; its library as Composer installs it."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.kit.environment import QUICK
from tests.kit.paths import ROOT, VECTORS
from tests.packages.commands import number_of_vectors, run

LIBRARY = ROOT / "bindings-php" / "library"
BUILT = ROOT / "target" / "release" / "libpayvost_webhooks_php.so"


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What git has of the repository, which is what PIE downloads; edited files as they are now."""
    folder = tmp_path_factory.mktemp("sources")
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.check_output(listed, cwd=ROOT, text=True).split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def vectors_pass(extension: Path, folder: Path) -> None:
    tests = ["-c", ROOT / "bindings-php" / "phpunit.xml", "--filter", r"/\\VectorsTest::/"]
    php = ["php", "-d", f"extension={extension}", shutil.which("phpunit"), *tests]
    run(php, folder, VECTORS=VECTORS, OBSERVED=folder)
    assert len((folder / "php.jsonl").read_text("utf-8").splitlines()) == number_of_vectors()


def test_the_extension_installed_from_its_archive_passes_the_vectors(tmp_path: Path) -> None:
    archive = Path(run([ROOT / "scripts" / "package-php", tmp_path], tmp_path).splitlines()[-1])
    with tarfile.open(archive) as files:
        files.extractall(tmp_path)
    unpacked = tmp_path / archive.name.removesuffix(".tar.gz")
    assert {path.name for path in unpacked.iterdir()} == set(
        "payvost_webhooks.so install README.md library stubs LICENSE-MIT LICENSE-APACHE".split()
    )
    run([unpacked / "install"], tmp_path, DESTDIR=tmp_path / "root")
    (installed,) = (tmp_path / "root").rglob("payvost_webhooks.so")
    vectors_pass(installed, tmp_path)


def test_the_extension_that_pie_builds_passes_the_vectors(sources: Path, tmp_path: Path) -> None:
    """The commands that PIE runs in the folder that composer.json names, and the file that it takes then."""
    manifest = json.loads((sources / "composer.json").read_text("utf-8"))
    extension = manifest["php-ext"]["extension-name"]
    build = sources / manifest["php-ext"]["build-path"]
    run(["phpize"], build)
    run(["./configure"], build)
    # Kept from one run to the next, for what this library is built on.
    make = ["make", "-j2", f"CARGO_TARGET={ROOT / 'target' / 'cargo-phpize'}"]
    run(make, build, **QUICK)
    run([*make, "install", f"INSTALL_ROOT={tmp_path}"], build, **QUICK)

    (installed,) = tmp_path.rglob(f"{extension}.so")
    assert installed.read_bytes() == (build / "modules" / f"{extension}.so").read_bytes()
    vectors_pass(installed, tmp_path)


def test_the_extension_and_the_library_are_two_packages() -> None:
    extension = json.loads((ROOT / "composer.json").read_text("utf-8"))
    library = json.loads((LIBRARY / "composer.json").read_text("utf-8"))
    assert (extension["type"], library["type"]) == ("php-ext", "library")
    assert extension["name"] != library["name"]
    assert f"ext-{extension['php-ext']['extension-name']}" in library["require"]
    assert extension["require"]["php"] == library["require"]["php"]


def project(folder: Path) -> Path:
    """A project that requires the library, from a folder and nowhere else."""
    source = {"type": "path", "url": str(LIBRARY), "options": {"symlink": False}}
    (folder / "composer.json").write_text(
        json.dumps(
            {
                "repositories": [source, {"packagist": False}],
                "require": {"payvost/webhooks": "@dev"},
            }
        )
    )
    return folder


def composer(folder: Path, *php: str) -> str:
    command = ["php", *php, shutil.which("composer"), "install", "--no-interaction"]
    return run(command, folder, COMPOSER_HOME=folder / "home", COMPOSER_ALLOW_SUPERUSER=1)


def test_composer_installs_the_library_beside_the_extension(tmp_path: Path) -> None:
    loaded = ["-d", f"extension={BUILT}"]
    composer(project(tmp_path), *loaded)
    program = """
        require 'vendor/autoload.php';
        use Payvost\\Webhooks\\{Testing, WebhookReceiver, WebhookRouter};
        $router = (new WebhookRouter())->on('payment.*', function (array $event) { echo $event['type'], ' '; });
        $request = Testing::signedRequest(Testing::sampleEvent('payment.succeeded'), 'whsec_x');
        echo (new WebhookReceiver('whsec_x', $router))->receive($request->body, $request->signature)->status, ' ';
        echo (new ReflectionClass($router))->getFileName();
    """
    said = run(["php", *loaded, "-r", program], tmp_path)
    assert said == f"payment.succeeded 200 {tmp_path}/vendor/payvost/webhooks/src/WebhookRouter.php"


def test_composer_says_that_the_extension_is_missing(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"requires ext-payvost_webhooks \* -> it is missing"):
        composer(project(tmp_path))
