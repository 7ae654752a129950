"""The exit status of ``make demo``, and that it leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.paths import ROOT
from tests.kit.receivers import TITLES

RUN = str(ROOT / "demo" / "run")


@pytest.fixture
def marked_env() -> Iterator[dict[str, str]]:
    """An environment that marks the driver and every process that it starts."""
    env = {**os.environ, "PAYVOST_DEMO_MARK": uuid.uuid4().hex}
    yield env
    remaining = processes(env)
    for process in remaining:
        os.kill(process, signal.SIGKILL)
    assert not remaining


def processes(env: dict[str, str]) -> list[int]:
    mark = f"PAYVOST_DEMO_MARK={env['PAYVOST_DEMO_MARK']}".encode()
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in environ.read_bytes().split(b"\0"):
                found.append(int(environ.parent.name))
        except OSError:  # it has ended, or is another user's
            continue
    return found


def run(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [RUN, *arguments], cwd="/", env=env, capture_output=True, text=True, timeout=120
    )


def test_all_as_expected(marked_env: dict[str, str]) -> None:
    result = run(marked_env)

    assert result.returncode == 0, result.stdout + result.stderr
    assert "✗" not in result.stdout
    assert "\x1b" not in result.stdout
    for title in TITLES.values():
        assert title in result.stdout
    assert re.search(r"✓ \d{3} deliveries in .* all answered as expected\n$", result.stdout)
    assert not processes(marked_env)


@pytest.mark.parametrize("name", TITLES)
def test_a_deviation_fails(marked_env: dict[str, str], name: str) -> None:
    result = run(marked_env, "--wrong-secret", name)

    assert result.returncode == 1
    assert "✗ 400 signature_mismatch" in result.stdout
    assert (
        f"{TITLES[name]}, payment.created: expected 200, got 400 signature_mismatch"
        in result.stdout
    )
    assert not processes(marked_env)


def test_with_keep_the_dashboard_stays(marked_env: dict[str, str]) -> None:
    env = {**marked_env, "KEEP": "1"}
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with subprocess.Popen([RUN], env=env, stdout=subprocess.PIPE, text=True) as driver:
        line = next(line for line in driver.stdout if line.startswith("The dashboard: "))
        page = browser.open(line.split()[-1]).read().decode()
        driver.send_signal(signal.SIGTERM)

    assert "<title>" in page
    assert "/webhooks/payvost" in page
    assert driver.returncode == 128 + signal.SIGTERM
    assert not processes(marked_env)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_ended_from_outside_it_leaves_no_process(marked_env: dict[str, str], number: int) -> None:
    with subprocess.Popen([RUN], env=marked_env, stdout=subprocess.PIPE, text=True) as driver:
        for line in driver.stdout:
            if line.startswith("payment.created"):
                break
        assert len(processes(marked_env)) > len(TITLES)
        driver.send_signal(number)
        status = driver.wait(60)

    if number == signal.SIGKILL:
        # It could not wait for its servers: they have been told to end, and take a moment.
        deadline = time.monotonic() + 60
        while processes(marked_env) and time.monotonic() < deadline:
            time.sleep(0.05)
    else:
        assert status == 128 + number
    assert not processes(marked_env)
