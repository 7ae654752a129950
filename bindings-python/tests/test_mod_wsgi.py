"""The Django adapter under Apache's mod_wsgi, with the Python of the system that the module is built for."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from samples import signed
from servers import LIMIT, SECRET, Server
from test_frameworks import FRAMEWORKS, an_event, error_of, vouched

import payvost_webhooks
from tests.kit.servers import free_ports

MODULES = Path("/usr/lib/apache2/modules")
MODULE = MODULES / f"mod_wsgi.so-{sys.version_info[0]}.{sys.version_info[1]}"

pytestmark = pytest.mark.skipif(
    not MODULE.exists() or not shutil.which("apache2"),
    reason="Apache's mod_wsgi is not installed for this Python",
)

CONFIGURATION = """
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {folder}/pid
ErrorLog {folder}/log
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule wsgi_module {module}
WSGISocketPrefix {folder}/wsgi
WSGIDaemonProcess shop processes=2 threads=4 python-path={path}
WSGIProcessGroup shop
WSGIApplicationGroup %{{GLOBAL}}
WSGIPassAuthorization On
WSGIChunkedRequest On
WSGIScriptAlias / {folder}/served.py
"""
# Apache gives its environment to nobody.
SERVED = """
import os

os.environ["WEBHOOK_SECRET"] = {secret!r}

from project import application
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    # Apache's processes run as another user, who cannot read the folders of pytest.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        FRAMEWORKS["django"].write(folder, {})
        (folder / "served.py").write_text(SERVED.format(secret=SECRET), "utf-8")
        with serving(folder) as server:
            yield server


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[Server]:
    packages = [path for path in sys.path if path.endswith("site-packages")]
    path = ":".join([str(folder), str(Path(payvost_webhooks.__file__).parents[1]), *packages])
    (port,) = free_ports(1)
    text = CONFIGURATION.format(port=port, folder=folder, modules=MODULES, module=MODULE, path=path)
    if os.geteuid() == 0:
        text += "User www-data\nGroup www-data\n"
    (folder / "apache.conf").write_text(text, "utf-8")
    command = ["apache2", "-DFOREGROUND", "-f", str(folder / "apache.conf")]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    server = Server(port, folder / "log")
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                server.deliver(b"", method="GET")
                break
            except OSError:
                assert process.poll() is None, server.log
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=60)


def test_events_are_handled(server: Server) -> None:
    for event_type in ("payment.succeeded", "transfer.created", "user.created"):
        event_id, body = an_event(event_type)
        for chunked in (False, True):
            assert server.deliver(body, vouched(body), chunked=chunked)[0] == 200, server.log
        assert server.log.count(f"webhook event handled: {event_type} {event_id}") == 2


def test_others_are_refused(server: Server) -> None:
    _, body = an_event()
    forged = ("Payvost-Signature", signed(body, "whsec_of_another"))
    assert error_of(server.deliver(body, forged)) == (400, "signature_mismatch")
    assert error_of(server.deliver(body)) == (400, "missing_signature")
    twice = [vouched(body)] * 2
    assert error_of(server.deliver(body, *twice)) == (400, "malformed_signature")
    answer = server.deliver(b" " * (LIMIT + 1), ("Payvost-Signature", "0" * 64))
    assert error_of(answer) == (413, "payload_too_large")
    assert error_of(server.deliver(b"", method="PUT")) == (405, "method_not_allowed")


def test_a_sender_that_breaks_off(server: Server) -> None:
    _, body = an_event()
    server.break_off(body, vouched(body))
    deadline = time.monotonic() + 60
    while "webhook body incomplete" not in server.log:
        assert time.monotonic() < deadline, server.log
        time.sleep(0.05)
    assert json.loads(body)["id"] not in server.log
