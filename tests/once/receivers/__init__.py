"""Receivers in five languages, each with its claims on Redis or in PostgreSQL. Each handler adds a row to "effects"."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.kit import php_fpm
from tests.kit.paths import EXAMPLES, ROOT
from tests.kit.receivers import build_rust
from tests.kit.servers import Server, free_ports
from tests.kit.services import Service

FOLDER = Path(__file__).parent
RUST_BUILD = ROOT / "target" / "debug" / "once-receiver"

LANGUAGES = ("python", "node", "php", "c", "rust")

# A worker that dies holds its claims that long.
LEASE_SECONDS = 2

VARIABLES = ("WEBHOOK_SECRET", "RECEIVER", "LEASE", "DATABASE_URL", "PDO_DSN", "PDO_USER")


@dataclass
class Receiver:
    """The last of its ``servers`` has the port. If the first one is a master, its children are the workers; otherwise
    it is the only worker. ``at_once`` is how many handlers a worker runs at the same time."""

    name: str
    servers: list[Server]
    has_master: bool
    at_once: int
    kills: int = field(default=0)

    @property
    def port(self) -> int:
        return self.servers[-1].port

    @property
    def is_inbox(self) -> bool:
        return self.name.endswith("inbox")

    def start(self, **variables: str) -> None:
        for server in self.servers:
            server.start(**variables)

    def wait_until_ready(self) -> None:
        for server in self.servers:
            server.wait_until_ready()

    def kill_a_worker(self) -> None:
        """A master replaces its worker. A server without one is started again."""
        self.kills += 1
        if self.has_master:
            self.servers[0].kill_a_child()
        else:
            self.servers[0].kill()
            self.start()
            self.wait_until_ready()

    def stop(self) -> None:
        for server in self.servers:
            server.stop()


def make(
    language: str, built: Mapping[str, str], redis: Service | None, postgres: Service, folder: Path
) -> Receiver:
    """With its claims on Redis, or in PostgreSQL if there is no Redis."""
    name = f"{language}-{'lease' if redis else 'inbox'}"
    env = {
        **built,
        "WEBHOOK_SECRET": "",
        "RECEIVER": name,
        "LEASE": str(LEASE_SECONDS),
        "DATABASE_URL": postgres.url,
        "PDO_DSN": f"pgsql:host=127.0.0.1;port={postgres.port};dbname=postgres",
        "PDO_USER": "postgres",
    }
    if redis:
        env["REDIS_PORT"] = str(redis.port)
    port = free_ports(1)[0]
    log = folder / f"{name}.log"
    if language == "php":
        (folder / name).mkdir()
        variables = (*VARIABLES, "REDIS_PORT") if redis else VARIABLES
        servers = php_fpm.make_servers(folder / name, FOLDER / "receiver.php", env, variables)
        return Receiver(name, servers, has_master=True, at_once=1)
    commands = {
        "python": ["gunicorn", "--no-control-socket", "--workers=2", "--threads=4", "receiver:app"],
        "node": ["node", str(FOLDER / "receiver.mjs")],
        "c": [str(folder / "receiver")],
        "rust": [str(RUST_BUILD)],
    }
    server = Server(name, commands[language], FOLDER, env, log=log, port=port)
    at_once = {"python": 4, "node": 8, "c": 4, "rust": 8}[language]
    return Receiver(name, [server], has_master=language == "python", at_once=at_once)


def build(built: Mapping[str, str], folder: Path) -> None:
    """Those that are compiled."""
    build_rust(built, "once-receiver", RUST_BUILD)
    stores = EXAMPLES / "c" / "stores"
    packages = ["payvost_webhooks", "libmicrohttpd", "libpq", "hiredis"]
    sources = [FOLDER / "receiver.c", stores / "postgres.c", stores / "redis.c"]
    flags = "-std=c11 -Wall -Wextra -Werror -O1 -g -pthread"
    command = (
        f"cc {flags} -I{stores} $(pkg-config --cflags {' '.join(packages)}) -o {folder}/receiver"
        f" {' '.join(map(str, sources))} $(pkg-config --libs {' '.join(packages)})"
    )
    subprocess.run(["bash", "-c", command], cwd=ROOT, env=dict(built), check=True)
