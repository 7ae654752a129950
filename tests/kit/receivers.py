"""The receivers in ``examples/``, and how each is run."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.kit import php_fpm
from tests.kit.paths import EXAMPLES, ROOT
from tests.kit.servers import Server, ServerError

C_BUILD = ROOT / "target" / "examples" / "c"

TITLES = {"flask": "Python (Flask)", "express": "Node (Express)", "php": "PHP", "c": "C"}


@dataclass(frozen=True)
class Receiver:
    """One that is running."""

    name: str
    port: int
    log: Path


def make_server(
    name: str, built: Mapping[str, str], secret: str, *, port: int, log: Path
) -> Server:
    command = start_command(name, port)
    return Server(
        TITLES[name], command, EXAMPLES / name, environment(built, secret), log=log, port=port
    )


def make_php_servers(folder: Path, built: Mapping[str, str], secret: str | None) -> list[Server]:
    """The PHP receiver as it is deployed. What PHP logs is in ``php.log`` in the folder."""
    env = environment(built, secret)
    # php-fpm does not start with a variable that is not set; an empty one is what PHP then sees.
    env.setdefault("WEBHOOK_SECRET", "")
    return php_fpm.make_servers(folder, EXAMPLES / "php" / "public" / "index.php", env)


def start_command(name: str, port: int) -> list[str]:
    return {
        "flask": ["gunicorn", "--no-control-socket", "app:app"],
        "express": ["node", "server.js"],
        "php": ["php", "-S", f"127.0.0.1:{port}", "public/index.php"],
        "c": [str(C_BUILD / "server")],
    }[name]


def environment(built: Mapping[str, str], secret: str | None) -> dict[str, str]:
    env = {**built, "NODE_ENV": "production", "PYTHONDONTWRITEBYTECODE": "1"}
    env.pop("WEBHOOK_SECRET", None)
    return env if secret is None else {**env, "WEBHOOK_SECRET": secret}


def build_c(built: Mapping[str, str]) -> None:
    make = ["make", "--silent", "--directory", str(EXAMPLES / "c"), f"BUILD={C_BUILD}"]
    output = subprocess.STDOUT
    result = subprocess.run(make, env=dict(built), stdout=subprocess.PIPE, stderr=output, text=True)
    if result.returncode != 0:
        raise ServerError(f"the C receiver did not build:\n{result.stdout}")
