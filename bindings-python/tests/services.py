"""The servers for the claim stores, started for the tests that request them, and stopped after the session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.kit.services import Service, running


@pytest.fixture(scope="session")
def redis_service() -> Iterator[Service]:
    with running("redis") as service:
        yield service


@pytest.fixture(scope="session")
def cluster_service() -> Iterator[Service]:
    with running("redis-cluster") as service:
        yield service


@pytest.fixture(scope="session")
def postgres_service() -> Iterator[Service]:
    with running("postgres") as service:
        yield service


@pytest.fixture(scope="session")
def mariadb_service() -> Iterator[Service]:
    with running("mariadb") as service:
        yield service


@pytest.fixture(scope="session")
def sqlite_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'claims.db'}"


@pytest.fixture(scope="session")
def url_of(request: pytest.FixtureRequest) -> Callable[[str], str]:
    """The address of a kind of store, whose server starts on first use."""

    def url(kind: str) -> str:
        service = service_of(request, kind)
        if service is not None:
            return str(service.url)
        address: str = request.getfixturevalue("sqlite_url") if "sqlite" in kind else "memory:"
        return address

    return url


def service_of(request: pytest.FixtureRequest, kind: str) -> Any:
    """The server for a kind of store, or ``None`` if it needs no server."""
    for name, fixture in (
        ("redis-cluster", "cluster_service"),
        ("redis", "redis_service"),
        ("postgres", "postgres_service"),
        ("mysql", "mariadb_service"),
    ):
        if name in kind:
            return request.getfixturevalue(fixture)
    return None
