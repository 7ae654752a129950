from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from demo import receivers
from demo.cases import SECRET
from demo.servers import built_environment, free_ports, running
from tests import php_fpm


@dataclass(frozen=True)
class Receiver:
    name: str
    port: int
    log: Path


@pytest.fixture(scope="session")
def built() -> dict[str, str]:
    """An environment in which every language finds the packages just built."""
    return built_environment()


@pytest.fixture(scope="session")
def c_receiver(built: dict[str, str]) -> Path:
    receivers.build_c(built)
    return receivers.C_BUILD / "server"


@pytest.fixture(scope="session", params=receivers.TITLES)
def receiver(
    request: pytest.FixtureRequest,
    built: dict[str, str],
    c_receiver: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Receiver]:
    """Each of the examples in turn, listening as it would in production."""
    name = request.param
    folder = tmp_path_factory.mktemp(name)
    if name == "php":
        servers = php_fpm.make_servers(folder, built, SECRET)
        log = folder / "php.log"
    else:
        log = folder / "log"
        servers = [receivers.make_server(name, built, SECRET, port=free_ports(1)[0], log=log)]
    with running(servers):
        yield Receiver(name, servers[-1].port, log)
