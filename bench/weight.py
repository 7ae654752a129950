"""Measures the installed size and the loading time of our packages and their peers. Writes docs/benchmarks.md.

python -m bench.weight        bench/weigh prepares what it looks at
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bench import report
from bench.machine import describe
from bench.measurements import MADE, ROOT

DOCUMENT = ROOT / "docs" / "benchmarks.md"
PYTHON = MADE / "venv" / "bin" / "python"
NODE_OURS = MADE / "weight"

# Each load has its own process, and they take turns, so that noise meets all of them.
ROUNDS = 31


@dataclass(frozen=True)
class Package:
    host: str
    name: str
    version: str
    needs: int
    size: int
    load: Callable[[], float]


def main() -> None:
    packages = [*python_packages(), *node_packages()]
    times: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for package in packages:
            times.setdefault(f"{package.host} {package.name}", []).append(package.load())
    lines = ["| | | needs | installed | time to load |", "| --- | --- | --: | --: | --: |"]
    for package in packages:
        needs = f"{package.needs} packages" if package.needs else "nothing"
        milliseconds = min(times[f"{package.host} {package.name}"]) * 1e3
        loaded = f"{milliseconds:.1f} ms" if milliseconds < 10 else f"{milliseconds:.0f} ms"
        size = (
            f"{package.size / 1e6:.1f} MB"
            if package.size >= 1e5
            else f"{package.size / 1e3:.0f} kB"
        )
        lines.append(
            f"| {package.host} | `{package.name}` {package.version} | {needs} | {size} | {loaded} |"
        )
    machine = describe(0.0).split("\n", 1)[0].removesuffix(".")
    note = [
        f"{machine}, by `make bench-weight`.",
        f"Installed: every file, with those of what it needs, and for `{OURS_NODE}` with the package of the system.",
        f"Time to load: the `import` or `require` alone, the best of {ROUNDS} fresh processes.",
    ]
    block = "\n".join([*lines, "", *note])
    print(block)
    report.write(DOCUMENT, block, made_by="make bench-weight")


OURS_PYTHON, OURS_NODE = "payvost-webhooks", "@payvost/webhooks"


def python_packages() -> Iterator[Package]:
    site = subprocess.check_output(
        [PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True
    ).strip()
    installed = {
        canonicalize_name(each.metadata["Name"]): each
        for each in metadata.distributions(path=[site])
    }

    def needed(name: str) -> Iterable[str]:
        for line in installed[name].requires or []:
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                yield canonicalize_name(requirement.name)

    def size(name: str) -> int:
        files = installed[name].files or []
        paths = {Path(str(file.locate())) for file in files}
        return sum(path.stat().st_size for path in paths if path.is_file())

    for name in (OURS_PYTHON, "stripe", "standardwebhooks"):
        everything = closure(name, needed)
        module = name.replace("-", "_")
        code = f"import time\nbegin = time.perf_counter()\nimport {module}\nprint(time.perf_counter() - begin)"
        yield Package(
            *("Python", name, installed[name].version, len(everything) - 1),
            sum(map(size, everything)),
            timed([str(PYTHON), "-I", "-c", code]),
        )


def node_packages() -> Iterator[Package]:
    for name, folder in (
        (OURS_NODE, NODE_OURS),
        ("stripe", MADE),
        ("standardwebhooks", MADE),
    ):
        modules = folder / "node_modules"

        def manifest(name: str, modules: Path = modules) -> dict[str, dict[str, str]]:
            return json.loads((modules / name / "package.json").read_text("utf-8"))

        def needed(name: str, modules: Path = modules) -> Iterable[str]:
            found = {
                **manifest(name).get("dependencies", {}),
                **manifest(name).get("optionalDependencies", {}),
            }
            return [each for each in found if (modules / each).exists()]

        everything = closure(name, needed)
        own = [each for each in everything if each.startswith(name)]
        code = (
            f"const begin = process.hrtime.bigint(); require({json.dumps(name)});"
            " console.log(Number(process.hrtime.bigint() - begin) / 1e9)"
        )
        yield Package(
            *("Node.js", name, str(manifest(name)["version"]), len(everything) - len(own)),
            sum(size_of(modules / each) for each in everything),
            timed(["node", "-e", code], folder),
        )


def closure(name: str, needed: Callable[[str], Iterable[str]]) -> set[str]:
    """The package and all that it needs."""
    found, waiting = set(), [name]
    while waiting:
        if (each := waiting.pop()) not in found:
            found.add(each)
            waiting += needed(each)
    return found


def size_of(folder: Path) -> int:
    """Without the packages that are nested in it: npm nests none here."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def timed(command: list[str], folder: Path = ROOT) -> Callable[[], float]:
    return lambda: float(subprocess.check_output(command, cwd=folder, text=True))


if __name__ == "__main__":
    main()
