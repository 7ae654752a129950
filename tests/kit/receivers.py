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
RUST_BUILD = ROOT / "target" / "tool" / "example-axum"

# The variables that the receivers read.
VARIABLES = ("WEBHOOK_SECRET", "CLAIMS_DB")

TITLES = {
    "flask": "Python (Flask)",
    "express": "Node (Express)",
    "php": "PHP",
    "c": "C",
    "axum": "Rust (axum)",
}


@dataclass(frozen=True)
class Receiver:
    """One that is running."""

    name: str
    port: int
    log: Path


def make_server(
    name: str, built: Mapping[str, str], secret: str, *, port: int, log: Path
) -> Server:
    """With an empty store, in a file beside the log."""
    env = environment(built, secret, log.with_suffix(".db"))
    return Server(TITLES[name], start_command(name, port), EXAMPLES / name, env, log=log, port=port)


def make_php_servers(folder: Path, built: Mapping[str, str], secret: str | None) -> list[Server]:
    """The PHP receiver as it is deployed. What PHP logs is in ``php.log`` in the folder."""
    env = environment(built, secret, folder / "claims.db")
    # php-fpm needs it to be set; PHP then sees an empty one.
    env.setdefault("WEBHOOK_SECRET", "")
    return php_fpm.make_servers(folder, EXAMPLES / "php" / "public" / "index.php", env, VARIABLES)


def start_command(name: str, port: int) -> list[str]:
    return {
        "flask": ["gunicorn", "--no-control-socket", "app:app"],
        "express": ["node", "server.js"],
        "php": ["php", "-S", f"127.0.0.1:{port}", "public/index.php"],
        "c": [str(C_BUILD / "server")],
        "axum": [str(RUST_BUILD)],
    }[name]


def environment(built: Mapping[str, str], secret: str | None, database: Path) -> dict[str, str]:
    """``database`` is where the receiver keeps its claims. Removes what an earlier run has left there."""
    for left in database.parent.glob(f"{database.name}*"):
        left.unlink()
    env = {**built, "NODE_ENV": "production", "PYTHONDONTWRITEBYTECODE": "1"}
    env["CLAIMS_DB"] = str(database)
    env.pop("WEBHOOK_SECRET", None)
    return env if secret is None else {**env, "WEBHOOK_SECRET": secret}


def build(built: Mapping[str, str]) -> None:
    """Those that are compiled."""
    make = ["make", "--silent", "--directory", str(EXAMPLES / "c"), f"BUILD={C_BUILD}"]
    run("the C receiver", make, built)
    build_rust(built, "example-axum", RUST_BUILD)


def build_rust(built: Mapping[str, str], package: str, program: Path) -> None:
    profile = "dev" if program.parent.name == "debug" else program.parent.name
    cargo = ["cargo", "build", "--quiet", "--locked", "--profile", profile, "--package", package]
    run(package, cargo, {**built, "CARGO_TARGET_DIR": str(program.parent.parent)})


def run(name: str, command: list[str], env: Mapping[str, str]) -> None:
    output = subprocess.STDOUT
    result = subprocess.run(
        command, cwd=ROOT, env=dict(env), stdout=subprocess.PIPE, stderr=output, text=True
    )
    if result.returncode != 0:
        raise ServerError(f"{name} did not build:\n{result.stdout}")
