"""A Redis, a Redis Cluster, a PostgreSQL, a PgBouncer and a MariaDB, each on ports of its own.

The scripts beside this file start them.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.kit.servers import free_ports

SCRIPTS = Path(__file__).parent
START_SECONDS = 60

URLS = {
    "redis": "redis://127.0.0.1:{port}",
    "redis-cluster": "redis-cluster://127.0.0.1:{port}",
    "postgres": "postgres://postgres@127.0.0.1:{port}/postgres",
    "pgbouncer": "postgres://postgres@127.0.0.1:{port}/postgres",
    "mariadb": "mysql://root@127.0.0.1:{port}/test",
}


@contextlib.contextmanager
def running(name: str, *arguments: str) -> Iterator[Service]:
    """Keeps a server ready inside the block, and removes it after the block."""
    service = Service(name, *arguments)
    try:
        service.start()
        yield service
    finally:
        service.remove()


class Service:
    """A server that keeps its data when it is stopped and started again.

    ``name`` is a key of ``URLS``. ``arguments`` go to the script of that name.
    """

    def __init__(self, name: str, *arguments: str) -> None:
        self.name = name
        self._arguments = arguments
        # Not below a home folder that the server's own user cannot enter.
        self.folder = Path(tempfile.mkdtemp(prefix=f"payvost-{name}-"))
        (self.port,) = free_ports(1)
        self.url = URLS[name].format(port=self.port)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process is None or self._process.poll() is not None:
                # Try again: the remains of a killed server may be in the way for a moment.
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

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """Stops the server for the time of the block."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Freezes the server for the time of the block: it accepts connections and does not answer."""
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

    def _answers(self) -> bool:
        try:
            _ASK[self.name](self.port)
        except Exception:
            return False
        return self.name != "redis-cluster" or (self.folder / "is-ready").exists()

    def _launch(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [SCRIPTS / self.name, self.folder, str(self.port), *self._arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )


# A server that accepts connections may still be loading: it is ready when it answers. Each client is imported where it
# is needed, so that a test of one server needs one client.


def _ask_redis(port: int) -> None:
    import redis

    with redis.Redis(port=port) as client:
        client.ping()


def _ask_postgres(port: int) -> None:
    import psycopg

    psycopg.connect(URLS["postgres"].format(port=port)).close()


def _ask_mariadb(port: int) -> None:
    import pymysql

    pymysql.connect(host="127.0.0.1", port=port, user="root", database="test").close()


_ASK = {
    "redis": _ask_redis,
    "redis-cluster": _ask_redis,
    "postgres": _ask_postgres,
    "pgbouncer": _ask_postgres,
    "mariadb": _ask_mariadb,
}


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
