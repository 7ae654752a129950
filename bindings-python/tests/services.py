"""Real servers for the stores of claims: started for the tests that ask for them, and gone after the session."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pymysql
import pytest
import redis

SCRIPTS = Path(__file__).resolve().parents[2] / "tests" / "services"
START_SECONDS = 60


class Service:
    """A server that keeps its data when it is stopped and started again."""

    def __init__(self, name: str, url: str, ask: Callable[[int], object]) -> None:
        self.name = name
        # Not below a home folder that the server's own user cannot enter.
        self.folder = Path(tempfile.mkdtemp(prefix=f"payvost-{name}-"))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.url = url.format(port=self.port)
        self._ask = ask
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process is None or self._process.poll() is not None:
                # Once more: what is left of a server that was killed may be in the way for a moment.
                self._launch()
            assert time.monotonic() < deadline, (self.folder / "log").read_text("utf-8")
            time.sleep(0.05)

    def stop(self) -> None:
        """End it at once, as a crash does."""
        if self._process is not None:
            for process in (self._process.pid, *_children(self._process.pid)):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        try:
            self._ask(self.port)
        except Exception:
            return False
        return True

    def _launch(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [SCRIPTS / self.name, self.folder, str(self.port)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """Without the server for the time of the block."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """With a server that takes connections and does not answer for the time of the block."""
        assert self._process is not None
        processes = [self._process.pid, *_children(self._process.pid)]
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGSTOP)
        # The signal takes effect a moment later: until then a thread may still answer.
        while not all(map(_is_stopped, processes)):
            time.sleep(0.005)
        try:
            yield
        finally:
            for process in processes:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGCONT)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def _is_stopped(process: int) -> bool:
    """Whether every thread of a process is stopped, or gone."""
    try:
        # The state follows the name, which is in brackets.
        stats = [file.read_text() for file in Path(f"/proc/{process}/task").glob("*/stat")]
    except (FileNotFoundError, ProcessLookupError):
        return not Path(f"/proc/{process}").exists()
    return all(stat.rpartition(") ")[2][0] in "TZX" for stat in stats)


def _children(parent: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False
    )
    return [int(word) for word in listed.stdout.split()]


@contextlib.contextmanager
def running(name: str, url: str, ask: Callable[[int], object]) -> Iterator[Service]:
    service = Service(name, url, ask)
    try:
        service.start()
        yield service
    finally:
        service.remove()


@pytest.fixture(scope="session")
def redis_service() -> Iterator[Service]:
    def ask(port: int) -> None:
        with redis.Redis(port=port) as client:
            client.ping()

    with running("redis", "redis://127.0.0.1:{port}", ask) as service:
        yield service


@pytest.fixture(scope="session")
def postgres_service() -> Iterator[Service]:
    url = "postgres://postgres@127.0.0.1:{port}/postgres"

    def ask(port: int) -> None:
        psycopg.connect(url.format(port=port)).close()

    with running("postgres", url, ask) as service:
        yield service


@pytest.fixture(scope="session")
def mariadb_service() -> Iterator[Service]:
    def ask(port: int) -> None:
        pymysql.connect(host="127.0.0.1", port=port, user="root", database="test").close()

    with running("mariadb", "mysql://root@127.0.0.1:{port}/test", ask) as service:
        yield service


@pytest.fixture(scope="session")
def sqlite_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'claims.db'}"


@pytest.fixture(scope="session")
def url_of(request: pytest.FixtureRequest) -> Callable[[str], str]:
    """The address of a kind of store; its server is started when it is first asked for."""

    def url(kind: str) -> str:
        for name, fixture in (
            ("redis", "redis_service"),
            ("postgres", "postgres_service"),
            ("mysql", "mariadb_service"),
        ):
            if name in kind:
                service: Service = request.getfixturevalue(fixture)
                return service.url
        address: str = request.getfixturevalue("sqlite_url") if "sqlite" in kind else "memory:"
        return address

    return url


def service_of(request: pytest.FixtureRequest, kind: str) -> Any:
    """The server of a kind of store; none for those that have none."""
    for name, fixture in (
        ("redis", "redis_service"),
        ("postgres", "postgres_service"),
        ("mysql", "mariadb_service"),
    ):
        if name in kind:
            return request.getfixturevalue(fixture)
    return None
