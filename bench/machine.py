"""Describes the machine and the versions of a measurement."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import time
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path

from bench.measurements import MADE, ROOT

BUSY = 0.10


def busy(seconds: float = 2.0) -> float:
    """The share of the processors' time that others take, measured while this process sleeps."""
    idle, total = processor_time()
    time.sleep(seconds)
    idle_after, total_after = processor_time()
    return 1 - (idle_after - idle) / max(total_after - total, 1)


def processor_time() -> tuple[int, int]:
    """What was spent idle, and all that passed; proc(5) has the columns, of which guest time is in user time."""
    spent = [int(each) for each in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return spent[3] + spent[4], sum(spent)


def describe(busy_before: float) -> str:
    return "\n".join([described(), f"{', '.join(versions())}.", *warning(busy_before)])


def described() -> str:
    processor = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    model = re.search(r"^model name\s*: (.*)$", processor, re.MULTILINE)
    flags = set(processor.split())
    extensions = [
        name
        for flag, name in (("sha_ni", "SHA-NI"), ("avx2", "AVX2"), ("avx512f", "AVX-512"))
        if flag in flags
    ]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    parts = [
        model[1] if model else platform.machine(),
        f"{os.cpu_count()} cores",
        *extensions,
        f"{memory:.0f} GiB",
        f"{platform.system()} {platform.machine()}",
    ]
    today = datetime.now(timezone.utc).date().isoformat()
    return f"Measured on {today}: {', '.join(parts)}."


def warning(busy_before: float) -> list[str]:
    if busy_before <= BUSY:
        return []
    share = f"{busy_before:.0%}"
    return [f"**Other work took {share} of the processors: do not rely on these times.**"]


def versions() -> list[str]:
    return [
        f"Rust {first_number('rustc', '--version')}",
        f"Python {platform.python_version()}",
        f"Node.js {first_number('node', '--version')}",
        f"PHP {first_number('php', '--version')}",
        f"OpenSSL {first_number('openssl', 'version')}",
        f"gcc {first_number('gcc', '-dumpfullversion')}",
        f"cJSON {first_number('pkg-config', '--modversion', 'libcjson')}",
        *(f"`{name}` {version} ({host})" for host, name, version in peers()),
    ]


def peers() -> list[tuple[str, str, str]]:
    """The pins, from the files that are installed from."""
    python = pins(ROOT / "bench/python/peers.txt", r"^([\w-]+)==([\d.]+)$")
    node = pins(ROOT / "bench/node/package.json", r'^    "([\w-]+)": "([\d.]+)"')
    rust = pins(ROOT / "bench/rust/Cargo.toml", r'^(\w+) = \{ version = "=([\d.]+)"')
    servers = {name: metadata.version(name) for name in ("flask", "gunicorn")}
    wanted = ("orjson", "stripe", "standardwebhooks", "express", *rust, *servers)
    return [
        (host, name, found[name])
        for host, found in (
            ("Python", {**python, **servers}),
            ("Node.js", node),
            ("Rust", rust),
        )
        for name in wanted
        if name in found
    ]


def pins(file: Path, pattern: str) -> dict[str, str]:
    return dict(re.findall(pattern, file.read_text("utf-8"), re.MULTILINE))


def first_number(*command: str) -> str:
    output = subprocess.run(command, check=True, capture_output=True, text=True, cwd=MADE).stdout
    return re.search(r"\d+(\.\d+)+", output)[0]
