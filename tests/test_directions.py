"""Which folder may import which, checked on the import statements of each source file."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.kit.paths import ROOT

PACKAGE = "bindings-python/python/"
KIT = "tests/kit/"

# Python modules that import each other for now, and why. A group that is gone has to leave this list.
KNOWN_CIRCLES: dict[tuple[str, ...], str] = {}

# How a file names another one, in languages where that is a path.
PATHS = {
    r"\.[cm]?[jt]s$": r"""(?:\bfrom|\bimport|\brequire)\s*\(?\s*["'](\.[^"']+)["']""",
    r"\.php$": r"""\b(?:require|include)(?:_once)?\s*\(?\s*__DIR__\s*\.\s*["']/([^"']+)["']""",
    r"\.[ch](pp)?$": r"""^\s*#\s*include\s+"([^"]+)\"""",
    r"\.rs$": r"""(?:#\[path\s*=\s*|include(?:_str|_bytes)?!\(\s*)"([^"]+)\"""",
    r"Cargo\.toml$": r"""\bpath\s*=\s*"([^"]+)\"""",
}


def sources() -> list[str]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.check_output(command, cwd=ROOT, text=True).split("\0")
    return [name for name in listed if name and (ROOT / name).is_file()]


def imports(source: str) -> Iterator[str]:
    """The paths, from the top of the repository, of what a file imports. Packages from elsewhere look like folders."""
    file = ROOT / source
    if source.endswith(".py"):
        yield from (module.replace(".", "/") for module in modules(file))
    for kind, pattern in PATHS.items():
        if re.search(kind, source):
            for path in re.findall(pattern, file.read_text("utf-8"), re.MULTILINE):
                yield os.path.relpath(file.parent / path, ROOT)


def modules(file: Path) -> Iterator[str]:
    """What a Python file imports; of ``from a import b``, a.b, whether that is a module or not."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def objection(source: str, target: str) -> str | None:
    room, other = source.split("/")[0], target.split("/")[0]
    is_binding, of_a_test = room.startswith("bindings-"), re.match("bindings-.*?/test", source)
    if other in ("bench", "demo") and room != other:
        return f"nothing else imports {other}"
    if room == "bindings-wasm" and target.startswith("bindings-node/src/"):
        return None  # the same modules on another boundary
    if is_binding and other.startswith("bindings-") and other != room:
        return "a binding imports no other binding"
    if is_binding and other == "tests" and not (of_a_test and target.startswith(KIT)):
        return "of tests, a binding imports the kit alone, and only in its own tests"
    if source.startswith(KIT) and other == "tests" and not target.startswith(KIT):
        return "the kit imports none of the tests"
    if other == "cli" and room != "cli":
        return "nothing imports the command line"
    if other == "sandbox" and room not in ("sandbox", "cli", "bench"):
        return "the sandbox is imported by the command line alone"
    if room in ("cli", "sandbox") and other.startswith("bindings-"):
        return "the command line and the sandbox import no binding"
    if room == "core" and other.startswith(("bindings-", "tests")):
        return "the core imports nothing that is built on it"
    return None


def test_every_import_goes_in_a_direction_that_is_allowed() -> None:
    found = ((source, target) for source in sources() for target in imports(source))

    assert [f"{a} → {b}: {why}" for a, b in found if (why := objection(a, b))] == []


def test_no_python_modules_import_each_other_in_a_circle() -> None:
    names = {}
    for source in sources():
        if source.startswith(PACKAGE) and source.endswith(".py"):
            name = source.removeprefix(PACKAGE)[:-3].replace("/", ".")
            names[name.removesuffix(".__init__")] = ROOT / source
    reached = {
        name: {each if each in names else each.rpartition(".")[0] for each in modules(file)}
        for name, file in names.items()
    }
    for between in names:
        for name in names:
            if between in reached[name]:
                reached[name] |= reached[between]
    circles = {
        tuple(sorted(other for other in reached[name] & {*names} if name in reached[other]))
        for name in names
    }

    assert circles - {()} == set(KNOWN_CIRCLES)
