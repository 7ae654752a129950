"""Starts servers on free loopback ports, and stops them whatever happens."""

from __future__ import annotations

import contextlib
import ctypes
import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

START_SECONDS = 30
STOP_SECONDS = 5

# Signals that may end this process from outside, but not before its servers are stopped.
ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class ServerError(Exception):
    """A server did not start, or did not stop."""


class Server:
    """A server process that leads its own process group. Its output goes to ``log``."""

    def __init__(
        self,
        name: str,
        command: list[str],
        folder: Path,
        env: Mapping[str, str],
        *,
        log: Path,
        port: int,
        is_ready: Callable[[int], bool] | None = None,
    ) -> None:
        self.name = name
        self.port = port
        self.log = log
        self.exit_status: int | None = None
        self._command = command
        self._folder = folder
        self._env = {**env, "PORT": str(port)}
        self._is_ready = is_ready or answers
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, **variables: str) -> None:
        """``variables`` are added to the environment. A server that is started again continues its log."""
        self._env.update(variables)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        mode = "wb" if self.exit_status is None else "ab"
        with self.log.open(mode) as log, uninterrupted():
            self._process = subprocess.Popen(
                self._command,
                cwd=self._folder,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_prepare_child,
            )

    def wait_until_ready(self) -> None:
        """Returns when the server answers HTTP requests, or passes its own test of readiness."""
        deadline = time.monotonic() + START_SECONDS
        while not self._is_ready(self.port):
            if self._process.poll() is not None:
                raise ServerError(
                    f"{self.name} ended with {self._process.returncode}:\n{self.log_tail()}"
                )
            if time.monotonic() > deadline:
                raise ServerError(
                    f"{self.name} did not answer in {START_SECONDS} s:\n{self.log_tail()}"
                )
            time.sleep(0.02)

    def stop(self) -> None:
        """Asks the server to end, then ends the rest of its process group."""
        if self._process is None:
            return
        with uninterrupted():
            signal_group(self._process.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_SECONDS)
            signal_group(self._process.pid, signal.SIGKILL)
            self.exit_status = self._process.wait()
        self._process = None

    def kill(self) -> None:
        """Ends the whole process group at once, as a crash does."""
        if self._process is not None:
            with uninterrupted():
                signal_group(self._process.pid, signal.SIGKILL)
                self.exit_status = self._process.wait()
            self._process = None

    def kill_a_child(self) -> None:
        """Ends one of the workers that it has started."""
        if self._process is not None and (children := children_of(self._process.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(random.choice(children), signal.SIGKILL)

    def is_gone(self) -> bool:
        """Whether its port is closed, which takes a moment after its last process was killed."""
        deadline = time.monotonic() + STOP_SECONDS
        while accepts(self.port):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def log_tail(self) -> str:
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-20:])


@contextlib.contextmanager
def running(servers: Iterable[Server]) -> Iterator[None]:
    """Keeps the servers running inside the block, and stops them after it."""
    servers = list(servers)
    try:
        for server in servers:
            server.start()
        for server in servers:
            server.wait_until_ready()
        yield
    finally:
        for server in servers:
            server.stop()
    remaining = [server.name for server in servers if not server.is_gone()]
    if remaining:
        raise ServerError(f"still running: {', '.join(remaining)}")


def free_ports(count: int) -> list[int]:
    """Free loopback ports.

    They are below those that systems give to connections: one of these could be taken before the server listens.
    """
    candidates = iter(random.sample(range(20_000, 32_768), 1_000))
    return [next(filter(_is_free, candidates)) for _ in range(count)]


def _is_free(port: int) -> bool:
    with socket.socket() as one:
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)
    try:
        connection.request("GET", "/")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    else:
        return True
    finally:
        connection.close()


def accepts(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def signal_group(leader: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, number)


def children_of(process: int) -> list[int]:
    children = [
        file.read_text().split() for file in Path(f"/proc/{process}/task").glob("*/children")
    ]
    return [int(child) for some in children for child in some]


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Lets no signal end this process between the start of a process and the note of it, nor while it is stopped."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _prepare_child() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING_SIGNALS)
    if _libc is not None:
        # Even when this process is killed outright, its servers end.
        PR_SET_PDEATHSIG = 1
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
