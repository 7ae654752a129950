from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.kit import receivers
from tests.kit.cases import SECRET
from tests.kit.environment import built_environment
from tests.kit.receivers import Receiver
from tests.kit.servers import free_ports, running


@pytest.fixture(scope="session")
def built() -> dict[str, str]:
    """An environment in which every language finds the packages just built."""
    return built_environment()


@pytest.fixture(scope="session")
def compiled(built: dict[str, str]) -> None:
    receivers.build(built)


@pytest.fixture(scope="session", params=receivers.TITLES)
def receiver(
    request: pytest.FixtureRequest,
    built: dict[str, str],
    compiled: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Receiver]:
    """Each of the examples in turn, listening as it would in production."""
    name = request.param
    folder = tmp_path_factory.mktemp(name)
    if name == "php":
        servers = receivers.make_php_servers(folder, built, SECRET)
        log = folder / "php.log"
    else:
        log = folder / "log"
        servers = [receivers.make_server(name, built, SECRET, port=free_ports(1)[0], log=log)]
    with running(servers):
        yield Receiver(name, servers[-1].port, log)
