"""The installed C library, the PHP extension by path, and what ``make -s env`` prints, each used from elsewhere."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.kit.paths import ROOT

C_PROGRAM = """\
#include <payvost_webhooks.h>
#include <stdio.h>

int main(void)
{
    static const char body[] =
        "{\\"id\\":\\"evt_1\\",\\"type\\":\\"payment.succeeded\\",\\"createdAt\\":\\"2025-11-01T10:00:00Z\\","
        "\\"liveMode\\":true,\\"data\\":{}}";
    char signature[PAYVOST_SIGNATURE_SIZE];
    payvost_event *event;

    if (payvost_sign(body, sizeof body - 1, PAYVOST_LITERAL("whsec_x"), signature, NULL) != PAYVOST_OK)
        return 1;
    if (payvost_verify_webhook(body, sizeof body - 1, signature, PAYVOST_SIGNATURE_SIZE - 1,
                               PAYVOST_LITERAL("whsec_x"), &event, NULL) != PAYVOST_OK)
        return 2;
    printf("%.*s\\n", (int)payvost_event_type(event).len, payvost_event_type(event).data);
    payvost_event_free(event);
    return 0;
}
"""

# The other programs do the same: sign an event, verify it, print its type.
BODY = (
    '{"id":"evt_1","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z",'
    '"liveMode":true,"data":{}}'
)

PYTHON_PROGRAM = f"""\
from payvost_webhooks import sign, verify_webhook
body = b'{BODY}'
print(verify_webhook(body, sign(body, "whsec_x"), "whsec_x")["type"])
"""

NODE_PROGRAM = f"""
const body = '{BODY}';
console.log(verifyWebhook(body, sign(body, "whsec_x"), "whsec_x").type);
"""

PHP_PROGRAM = f"""
$body = '{BODY}';
echo Payvost\\Webhooks\\verifyWebhook($body, Payvost\\Webhooks\\sign($body, 'whsec_x'), 'whsec_x')['type'], "\\n";
"""

EXPECTED = "payment.succeeded\n"


@pytest.fixture(scope="module")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prefix")
    make("install", f"PREFIX={folder}")
    return folder


@pytest.fixture
def c_source(tmp_path: Path) -> Path:
    source = tmp_path / "program.c"
    source.write_text(C_PROGRAM)
    return source


def test_a_c_program_with_what_pkg_config_says(prefix: Path, c_source: Path) -> None:
    program = c_source.with_suffix("")
    compile_c(c_source, program, prefix, "--cflags --libs")
    library_path = pkg_config(prefix, "--variable=libdir")

    assert output([str(program)], LD_LIBRARY_PATH=library_path) == EXPECTED


def test_a_c_program_with_the_static_library(prefix: Path, c_source: Path, tmp_path: Path) -> None:
    static = tmp_path / "static"
    shutil.copytree(prefix, static, symlinks=True)
    for shared in (static / "lib").glob("*.so*"):
        shared.unlink()
    description = static / "lib" / "pkgconfig" / "payvost_webhooks.pc"
    description.write_text(description.read_text().replace(str(prefix), str(static)))
    program = c_source.with_suffix("")
    compile_c(c_source, program, static, "--cflags --libs --static")

    assert output([str(program)]) == EXPECTED


def test_an_installation_for_packaging(tmp_path: Path) -> None:
    make("install", f"DESTDIR={tmp_path}", "PREFIX=/usr")

    assert (tmp_path / "usr/include/payvost_webhooks.h").is_file()
    description = (tmp_path / "usr/lib/pkgconfig/payvost_webhooks.pc").read_text()
    assert "prefix=/usr\n" in description
    assert str(tmp_path) not in description


def test_the_php_extension_by_its_path(built: dict[str, str]) -> None:
    extension = ROOT / "target" / "release" / "libpayvost_webhooks_php.so"

    assert output(["php", "-n", "-d", f"extension={extension}", "-r", PHP_PROGRAM]) == EXPECTED


@pytest.fixture(scope="module")
def lines() -> str:
    return make("env")


class TestEnv:
    """A clean shell, in another folder, that evaluates what ``make -s env`` prints."""

    def test_python(self, lines: str) -> None:
        assert in_clean_shell(lines, 'python -c "$1"', PYTHON_PROGRAM) == EXPECTED

    def test_node_require(self, lines: str) -> None:
        code = 'const { sign, verifyWebhook } = require("@payvost/webhooks");' + NODE_PROGRAM
        assert in_clean_shell(lines, 'node --input-type=commonjs -e "$1"', code) == EXPECTED

    def test_node_import(self, lines: str) -> None:
        code = 'import { sign, verifyWebhook } from "@payvost/webhooks";' + NODE_PROGRAM
        assert in_clean_shell(lines, 'node --input-type=module -e "$1"', code) == EXPECTED

    def test_php(self, lines: str) -> None:
        assert in_clean_shell(lines, 'php -r "$1"', PHP_PROGRAM) == EXPECTED

    def test_c(self, lines: str, c_source: Path) -> None:
        compile_and_run = (
            'cc "$1" -o "$1.out" $(pkg-config --cflags --libs payvost_webhooks) && "$1.out"'
        )
        assert in_clean_shell(lines, compile_and_run, str(c_source)) == EXPECTED

    def test_twice_is_as_once(self, lines: str) -> None:
        variables = "env | LC_ALL=C sort"
        assert in_clean_shell(lines + lines, variables) == in_clean_shell(lines, variables)


def make(*arguments: str) -> str:
    # The options of a make that runs these tests are not meant for this one.
    env = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))
    }
    return run(["make", "--silent", "--directory", str(ROOT), *arguments], env)


def compile_c(source: Path, program: Path, prefix: Path, flags: str) -> None:
    warnings = ["-Wall", "-Wextra", "-Werror"]
    installed = pkg_config(prefix, *flags.split()).split()
    output(["cc", *warnings, str(source), "-o", str(program), *installed])


def pkg_config(prefix: Path, *arguments: str) -> str:
    command = ["pkg-config", *arguments, "payvost_webhooks"]
    return output(command, PKG_CONFIG_PATH=str(prefix / "lib" / "pkgconfig")).strip()


def in_clean_shell(lines: str, command: str, argument: str = "") -> str:
    kept = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
    script = f"set -euo pipefail\n{lines}\ncd /\n{command}"
    return run(["bash", "-c", script, "bash", argument], kept)


def output(command: list[str], **variables: str) -> str:
    return run(command, {**os.environ, **variables})


def run(command: list[str], env: dict[str, str]) -> str:
    result = subprocess.run(command, cwd="/", env=env, capture_output=True, text=True, timeout=600)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout
