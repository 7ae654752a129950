"""The receivers in ``examples/``, as real servers over HTTP."""

from __future__ import annotations

import contextlib
import http.client
import re
import socket
import subprocess
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.kit import cases
from tests.kit.cases import EVENT, SECRET, Case, an_event, compact, genuine, sign
from tests.kit.delivery import PATH, deliver
from tests.kit.paths import EXAMPLES, ROOT
from tests.kit.receivers import (
    Receiver,
    environment,
    make_php_servers,
    make_server,
    start_command,
)
from tests.kit.servers import Server, free_ports, running

ALL_CASES = [case for group in cases.groups() for case in group.cases]
GENUINE = genuine("an event", compact(EVENT))
FORGED = Case("a forged event", "400 signature_mismatch", compact(EVENT), ("0" * 64,))


@pytest.mark.parametrize("case", ALL_CASES, ids=lambda case: case.name)
def test_answers(receiver: Receiver, case: Case) -> None:
    answer = deliver(receiver.port, case)

    if receiver.name == "php" and case.name == "the header sent twice":
        # nginx before 1.23 hands PHP the last of such headers alone. Here that one is right.
        assert answer in (case.expected, "200")
    else:
        assert answer == case.expected


def test_the_sixteen_documented_events_are_among_the_cases() -> None:
    documented = {case.name for case in cases.documented_events()}

    assert len(documented) == 16
    assert documented <= {case.name for case in ALL_CASES}


@pytest.mark.parametrize(("method", "path"), [("POST", "/"), ("POST", "/webhooks"), ("GET", PATH)])
def test_nothing_else_is_served(receiver: Receiver, method: str, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", receiver.port, timeout=10)
    with contextlib.closing(connection):
        connection.request(method, path)

        assert connection.getresponse().status in (404, 405)


def test_deliveries_at_once(receiver: Receiver) -> None:
    events = [genuine(f"event {n}", an_event(f"at_once_{n}")) for n in range(50)]
    deliveries = [case for event in events for case in (event, FORGED)]
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda case: deliver(receiver.port, case), deliveries))

    assert answers == [case.expected for case in deliveries]
    for number in range(50):
        assert handled(receiver, f"evt_at_once_{number}") == 1


def test_copies_at_once_are_handled_once(receiver: Receiver) -> None:
    copy = genuine("an event", an_event("in_copies"))
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda case: deliver(receiver.port, case), [copy] * 50))

    assert set(answers) <= {"200", "409 in_progress"}
    assert deliver(receiver.port, copy) == "200"
    assert handled(receiver, "evt_in_copies") == 1


def test_another_body_under_the_same_id_is_a_conflict(receiver: Receiver) -> None:
    first, second = (an_event("conflict", data={"amount": amount}) for amount in ("1.00", "2.00"))

    assert deliver(receiver.port, genuine("the first", first)) == "200"
    assert deliver(receiver.port, genuine("the second", second)) == "409 event_conflict"
    assert handled(receiver, "evt_conflict") == 1


@pytest.mark.parametrize(
    ("event_type", "handler"),
    [
        ("payment.succeeded", "paid"),
        ("transfer.completed", "transfer"),
        ("wallet.created", "other"),
    ],
)
def test_the_most_specific_handler_runs(receiver: Receiver, event_type: str, handler: str) -> None:
    name = uuid.uuid4().hex
    body = an_event(name, type=event_type)

    assert deliver(receiver.port, genuine(event_type, body)) == "200"
    assert f"{handler}: evt_{name} " in receiver.log.read_text()
    assert handled(receiver, f"evt_{name}") == 1


def handled(receiver: Receiver, event_id: str) -> int:
    """How many times a handler wrote its line about the event."""
    lines = re.findall(rf"(?:paid|transfer|other): {event_id}\b", receiver.log.read_text())
    return len(lines)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_huge_body_is_not_taken(receiver: Receiver, chunked: bool) -> None:
    body = b" " * (16 * 1024 * 1024)
    answer = deliver(receiver.port, Case("16 MiB", "", body, (sign(body),), chunked=chunked))

    # Either it says so, or it closes the connection while the body is still coming.
    assert answer.startswith(("400", "413", "no answer"))
    assert deliver(receiver.port, GENUINE) == "200"


def test_a_body_that_breaks_off(receiver: Receiver) -> None:
    head = f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", receiver.port)) as client:
            client.sendall(f"{head}Content-Length: 1000\r\n\r\n{{".encode())

    assert deliver(receiver.port, GENUINE) == "200"


def test_the_log_says_why_and_no_secret(receiver: Receiver) -> None:
    deliver(receiver.port, FORGED)
    log = receiver.log.read_text()

    assert "signature_mismatch" in log
    assert "None of the configured secrets produced this signature" in log
    assert SECRET not in log
    assert sign(FORGED.body) not in log


def test_the_delivery_in_the_readme(receiver: Receiver) -> None:
    readme = (EXAMPLES / receiver.name / "README.md").read_text()
    (delivery,) = re.findall(r"```sh\n(body=.*?)```", readme, re.DOTALL)
    assert "hmac whsec_example" in delivery
    command = delivery.replace("127.0.0.1:3000", f"127.0.0.1:{receiver.port}").replace(
        "whsec_example", SECRET
    )
    shell = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command], capture_output=True, text=True
    )

    assert re.match(r"HTTP/1\.1 200 ", shell.stdout), shell.stderr
    assert '{"received":true}' in shell.stdout


@pytest.mark.parametrize("starter", ["python", "gunicorn", "node", "c", "axum"])
@pytest.mark.parametrize(
    "secret",
    [None, "", " ", "whsec_with_a_line_end\n", "sk_live_1234567890"],
    ids=["unset", "empty", "blank", "line end", "API key"],
)
def test_no_start_without_a_usable_secret(
    built: dict[str, str], compiled: None, tmp_path: Path, starter: str, secret: str | None
) -> None:
    port = free_ports(1)[0]
    name = {"python": "flask", "gunicorn": "flask", "node": "express"}.get(starter, starter)
    command = ["python", "app.py"] if starter == "python" else start_command(name, port)
    env = {**environment(built, secret, tmp_path / "claims.db"), "PORT": str(port)}
    result = subprocess.run(
        command, cwd=EXAMPLES / name, env=env, capture_output=True, text=True, timeout=60
    )

    assert result.returncode not in (0, None)
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith("WEBHOOK_SECRET cannot be used: ")
    if secret and secret.strip():
        assert secret.strip() not in result.stderr


@pytest.mark.parametrize("secret", [None, "sk_live_1234567890"], ids=["unset", "API key"])
def test_php_without_a_usable_secret_takes_nothing(
    built: dict[str, str], tmp_path: Path, secret: str | None
) -> None:
    servers = make_php_servers(tmp_path, built, secret)
    with running(servers):
        assert deliver(servers[-1].port, GENUINE) == "500 invalid_secret"

    log = (tmp_path / "php.log").read_text()
    assert "invalid_secret" in log
    assert "sk_live_1234567890" not in log


def test_php_without_the_extension_takes_nothing(built: dict[str, str], tmp_path: Path) -> None:
    env = {key: value for key, value in built.items() if key != "PHP_INI_SCAN_DIR"}
    port = free_ports(1)[0]
    command = ["php", "-d", "display_errors=1", *start_command("php", port)[1:]]
    env = environment(env, SECRET, tmp_path / "claims.db")
    server = Server("PHP", command, EXAMPLES / "php", env, log=tmp_path / "log", port=port)
    with running([server]):
        assert deliver(port, GENUINE) == "500 without JSON"


def test_the_c_receiver_has_no_memory_errors(
    built: dict[str, str], compiled: None, tmp_path: Path
) -> None:
    port = free_ports(1)[0]
    valgrind = [
        "valgrind",
        "--quiet",
        "--error-exitcode=99",
        "--leak-check=full",
        *start_command("c", port),
    ]
    log = tmp_path / "log"
    server = Server(
        "C", valgrind, ROOT, environment(built, SECRET, tmp_path / "claims.db"), log=log, port=port
    )
    with running([server]):
        answers = [deliver(port, case) for case in ALL_CASES]

    assert answers == [case.expected for case in ALL_CASES]
    assert server.exit_status == 0, log.read_text()


@pytest.mark.parametrize("name", ["flask", "c", "axum"])
def test_a_polite_end(built: dict[str, str], compiled: None, tmp_path: Path, name: str) -> None:
    port = free_ports(1)[0]
    server = make_server(name, built, SECRET, port=port, log=tmp_path / "log")
    with running([server]):
        assert deliver(port, GENUINE) == "200"

    assert server.exit_status == 0
