"""A project with the application ``payvost_webhooks.django`` and an inbox in Django's transactions, on real servers."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from kinds import connect
from samples import signed
from servers import SECRET, Server, code_of, serving

from payvost_webhooks.sandbox import Sandbox
from payvost_webhooks.testing import sample_event

FILES = {
    "manage.py": """
        import os
        import sys

        from django.core.management import execute_from_command_line

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
        execute_from_command_line(sys.argv)
        """,
    "settings.py": """
        import os
        from urllib.parse import urlsplit

        import pymysql

        pymysql.version_info = (2, 2, 1, "final", 0)  # Django asks mysqlclient's version
        pymysql.install_as_MySQLdb()
        url = urlsplit(os.environ["DATABASE_URL"])
        engine = {"postgres": "postgresql", "mysql": "mysql", "sqlite": "sqlite3"}[url.scheme]
        DATABASES = {
            "default": {
                "ENGINE": f"django.db.backends.{engine}",
                "NAME": url.path if engine == "sqlite3" else url.path[1:],
                "USER": url.username or "",
                "HOST": url.hostname or "",
                "PORT": url.port or "",
                "ATOMIC_REQUESTS": True,
                "OPTIONS": {"timeout": 30} if engine == "sqlite3" else {},
            }
        }
        SECRET_KEY = "of the project"
        ALLOWED_HOSTS = ["*"]
        ROOT_URLCONF = "urls"
        USE_TZ = True
        DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
        INSTALLED_APPS = [
            "django.contrib.admin",
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.messages",
            "django.contrib.sessions",
            "payvost_webhooks.django",
            "shop",
        ]
        MIDDLEWARE = [
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ]
        TEMPLATES = [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ]
        PAYVOST_WEBHOOKS_RECEIVER = "shop.webhooks.receiver"
        LOGGING = {
            "version": 1,
            "disable_existing_loggers": False,
            "handlers": {"console": {"class": "logging.StreamHandler"}},
            "loggers": {"payvost_webhooks": {"handlers": ["console"], "level": "INFO"}},
        }
        """,
    "urls.py": """
        from django.contrib import admin
        from django.urls import path
        from shop import trouble, webhooks

        urlpatterns = [
            *webhooks.urlpatterns,
            path("async", trouble.async_view),
            path("tenants/<tenant>", trouble.tenants),
            path("admin/", admin.site.urls),
        ]
        """,
    "wsgi.py": """
        import os

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")

        from django.core.asgi import get_asgi_application
        from django.core.wsgi import get_wsgi_application

        application = get_wsgi_application()
        asgi = get_asgi_application()
        """,
    "shop/__init__.py": "",
    "shop/models.py": """
        from django.db import models


        class Payment(models.Model):
            reference = models.CharField(max_length=100)
            amount = models.DecimalField(max_digits=20, decimal_places=2)
        """,
    # Handlers that fail, crash, and write in other ways.
    "shop/trouble.py": """
        import os
        import pathlib
        import signal

        from django.db import IntegrityError, transaction

        from payvost_webhooks.django import async_webhook_view, webhook_view
        from payvost_webhooks.receiver import current_request
        from shop.models import Payment
        from shop.webhooks import receiver, router


        @router.on("payment.failed")
        def fails(event):
            Payment.objects.create(reference=event["data"]["id"], amount=1)
            if not pathlib.Path("mended").exists():
                raise LookupError("not for the log")


        @router.on("payment.refunded")
        def is_killed(event):
            Payment.objects.create(reference=event["data"]["id"], amount=1)
            marker = pathlib.Path(event["id"])
            if not marker.exists():
                marker.touch()
                os.kill(os.getpid(), signal.SIGKILL)


        @router.on("user.created")
        async def asynchronous(event):
            await Payment.objects.acreate(reference=event["data"]["id"], amount=1)
            if event["data"].get("fails"):
                raise LookupError


        @router.on("user.kyc_verified")
        def nested(event):
            Payment.objects.create(reference=event["data"]["userId"], amount=1)
            try:
                with transaction.atomic():
                    Payment.objects.create(reference=None, amount=1)
            except IntegrityError:
                pass
            transaction.on_commit(lambda: print("committed:", event["id"], flush=True))
            transaction.on_commit(lambda: 1 / 0)


        @router.on("user.kyc_rejected")
        def spoils(event):
            try:
                Payment.objects.create(reference=None, amount=1)
            except IntegrityError:
                pass


        @router.on("wallet.created")
        def commits(event):
            from django.db import connection

            Payment.objects.create(reference=event["data"]["id"], amount=1)
            with connection.cursor() as cursor:
                cursor.execute("COMMIT")


        @router.on("transfer.created")
        def sees_the_request(event):
            print("tenant:", current_request().resolver_match.kwargs["tenant"], flush=True)


        def receiver_of(request):
            return receiver.with_verifier(f"whsec_{request.resolver_match.kwargs['tenant']}")


        async_view = async_webhook_view(receiver)
        tenants = webhook_view(receiver_of)
        """,
}


class Project:
    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.env = {**os.environ, "DATABASE_URL": url, "WEBHOOK_SECRET": SECRET}
        for name, text in FILES.items():
            (folder / name).parent.mkdir(exist_ok=True, parents=True)
            (folder / name).write_text(textwrap.dedent(text), "utf-8")
        (folder / "shop" / "webhooks.py").write_text(code_of("django.md", 1), "utf-8")

    def manage(self, *arguments: str, fails: bool = False, **env: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=self.folder,
            env={**self.env, **env},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert bool(done.returncode) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr * ("shell" not in arguments)

    def booked(self) -> list[str]:
        with contextlib.closing(connect(self.env["DATABASE_URL"])) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT reference FROM shop_payment")
            return [row[0] for row in cursor.fetchall()]


@pytest.fixture(scope="module")
def projects() -> dict[str, Project]:
    return {}


@pytest.fixture(scope="module", params=["postgres", "mysql", "sqlite"])
def project(
    request: pytest.FixtureRequest,
    url_of: Callable[[str], str],
    tmp_path_factory: pytest.TempPathFactory,
    projects: dict[str, Project],
) -> Project:
    if request.param in projects:
        return projects[request.param]
    folder = tmp_path_factory.mktemp("project")
    sqlite = f"sqlite://{folder / 'shop.db'}"
    url = sqlite if request.param == "sqlite" else url_of(request.param)
    project = projects[request.param] = Project(folder, url)
    with contextlib.closing(connect(url)) as connection:
        # Another test may have made it in the same database.
        connection.cursor().execute("DROP TABLE IF EXISTS payvost_webhook_claims")
        connection.commit()
    output = project.manage("migrate", "--run-syncdb")
    assert "payvost_webhooks.W003" in output, "there is no table yet"
    return project


@pytest.fixture(scope="module", params=["gunicorn", "uvicorn"])
def server(request: pytest.FixtureRequest, project: Project) -> Iterator[Server]:
    if request.param == "uvicorn" and "postgres" not in project.env["DATABASE_URL"]:
        pytest.skip("once is enough")
    if request.param == "gunicorn":
        command = "gunicorn --workers 2 --threads 8 --bind fd://{fd} wsgi".split()
    else:
        command = "uvicorn --workers 2 --fd {fd} --log-level warning wsgi:asgi".split()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", project.env["DATABASE_URL"])
        with serving(command, project.folder) as running:
            running.path = "/webhooks/payvost" if request.param == "gunicorn" else "/async"  # type: ignore[attr-defined]
            yield running


def deliver(server: Server, event: dict[str, Any], secret: str = SECRET, path: str = "") -> int:
    body = json.dumps(event).encode()
    header = ("Payvost-Signature", signed(body, secret))
    try:
        return server.deliver(body, header, path=path or server.path)[0]  # type: ignore[attr-defined]
    except (OSError, EOFError) as error:
        assert "without response" in str(error) or isinstance(error, OSError)
        return 0


def until_handled(server: Server, event: dict[str, Any]) -> None:
    deadline = time.monotonic() + 60
    while deliver(server, event) != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_an_event_is_booked_once(server: Server, project: Project) -> None:
    event = sample_event("payment.succeeded", fresh=True)
    event["data"]["id"] = event["id"]
    assert deliver(server, event, "whsec_of_another") == 400
    with ThreadPoolExecutor(64) as pool:
        statuses = set(pool.map(lambda _: deliver(server, event), range(64)))
    assert 200 in statuses
    assert statuses <= {200, 409, 503}
    assert deliver(server, event) == 200
    assert project.booked().count(event["id"]) == 1


def test_handlers_that_fail_in_every_way(server: Server, project: Project) -> None:
    expected = {
        "payment.failed": ([500, 500], 0),
        "user.created": ([200, 200], 1),
        "user.kyc_rejected": ([500, 500], 0),
        "wallet.created": ([500, 500], 1),
        "user.kyc_verified": ([200, 200], 1),
    }
    events = {name: sample_event(name, fresh=True) for name in expected}
    for name, event in events.items():
        event["data"]["userId" if "kyc" in name else "id"] = event["id"]
        statuses = [deliver(server, event) for _ in range(2)]
        assert statuses == expected[name][0], name
    booked = project.booked()
    counts = {name: booked.count(events[name]["id"]) for name in expected}
    assert counts == {name: rows for name, (_, rows) in expected.items()}
    event = sample_event("user.created", fresh=True, data={"fails": True})
    event["data"]["id"] = event["id"]
    assert deliver(server, event) == 500
    assert event["id"] not in project.booked()
    assert server.log.count(f"committed: {events['user.kyc_verified']['id']}") == 1
    assert "a callback of on_commit failed" in server.log
    assert "the event is parked" in server.log


def test_a_worker_that_is_killed_after_the_effect(server: Server, project: Project) -> None:
    event = sample_event("payment.refunded", fresh=True)
    event["data"]["id"] = event["id"]
    assert deliver(server, event) == 0
    until_handled(server, event)
    assert project.booked().count(event["id"]) == 1


def test_the_receiver_of_a_tenant(server: Server, project: Project) -> None:
    event = sample_event("transfer.created", fresh=True)
    assert deliver(server, event, "whsec_acme", "/tenants/other") == 400
    assert deliver(server, event, "whsec_acme", "/tenants/acme") == 200
    assert "tenant: acme" in server.log


@pytest.fixture
def once(project: Project) -> None:
    if "sqlite" not in project.env["DATABASE_URL"]:
        pytest.skip("once is enough")


def test_dead_letters_are_handled_again(server: Server, project: Project, once: None) -> None:
    events = [sample_event("payment.failed", fresh=True) for _ in range(3)]
    for event in events:
        event["data"]["id"] = event["id"]
        assert deliver(server, event) == 500
    keys = [f"webhook-test:{event['id']}" for event in events]
    output = project.manage("shell", "-c", LETTERS.format(keys=keys))
    for number, key in enumerate(keys):
        expected = f"{key}\tpayment.failed\tfailed\t{1 + 2 * (not number)} attempts\tLookupError"
        assert expected in output
    assert f"Not handled (status 500, the log says why): {keys[0]}" in output
    assert f"Handled: {keys[0]}" in output
    assert f"Discarded: {keys[1]}" in output
    assert f"{keys[2]}\t200" in output
    assert f"{keys[1]}\tnot a dead letter" in output
    assert "0 rows deleted" in output
    booked = project.booked()
    assert [booked.count(event["id"]) for event in events] == [1, 0, 1]
    assert [deliver(server, event) for event in events] == [200] * 3


LETTERS = """
import pathlib
import re

from django.contrib.admin.utils import quote
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

keys = {keys}
client, page = Client(), "/admin/payvost_webhooks/deadletter/"
assert client.get(page).status_code == 302
client.force_login(User.objects.create(username="admin", is_staff=True, is_superuser=True))
assert client.get(page + "add/").status_code == 403
shown = client.get(page + quote(keys[0]) + "/change/")
assert shown.status_code == 200 and b'name="_save"' not in shown.content


def click(action, key):
    form = {{"action": action, "_selected_action": [key]}}
    answer = client.post(page, form, follow=True).content.decode()
    print(re.search('<ul class="messagelist">.*?</ul>', answer, re.DOTALL)[0])


try:
    call_command("payvost_webhooks", "retry", keys[0])
    raise AssertionError
except CommandError as error:
    print(error)
click("retry", keys[0])
call_command("payvost_webhooks", "dead-letters")
pathlib.Path("mended").touch()
click("retry", keys[0])
click("discard", keys[1])
call_command("payvost_webhooks", "retry", keys[2])
pathlib.Path("mended").unlink()
call_command("payvost_webhooks", "discard", keys[1])
call_command("payvost_webhooks", "clean")
"""


def test_the_checks(project: Project, once: None) -> None:
    output = project.manage("shell", "-c", CHECKS)
    assert output.splitlines()[-8:] == [
        "System check identified no issues (0 silenced).",
        "No changes detected in app 'payvost_webhooks'",
        "payvost_webhooks.W001",
        "payvost_webhooks.W002",
        "payvost_webhooks.E001 the secret is in the hint: False",
        "payvost_webhooks.E002",
        "payvost_webhooks.E002",
        "payvost_webhooks.E002",
    ]


CHECKS = """
import sys
import types

from django.core.management import call_command
from django.test import override_settings
from shop.webhooks import router

from payvost_webhooks.django.checks import check_receiver
from payvost_webhooks.receiver import WebhookReceiver
from payvost_webhooks.stores import MemoryStore

call_command("check", databases=["default"])
call_command("makemigrations", "payvost_webhooks", check_changes=True)
made = types.ModuleType("made")
made.without = WebhookReceiver("whsec_x", router)
made.memory = WebhookReceiver("whsec_x", router, store=MemoryStore())
made.__getattr__ = lambda name: WebhookReceiver("whsec_private\\n", router)
sys.modules["made"] = made
for name in ("made.without", "made.memory"):
    with override_settings(PAYVOST_WEBHOOKS_RECEIVER=name):
        print(*(message.id for message in check_receiver()))
with override_settings(PAYVOST_WEBHOOKS_RECEIVER="made.with_a_wrong_secret"):
    (message,) = check_receiver()
    print(message.id, "the secret is in the hint:", "private" in f"{message.msg} {message.hint}")
for name in ("shop.webhooks.router", "shop.nothing.receiver", None):
    with override_settings(PAYVOST_WEBHOOKS_RECEIVER=name):
        print(*(message.id for message in check_receiver()))
"""


def test_the_command_creates_the_webhook(
    project: Project, payvost_sandbox: Sandbox, once: None
) -> None:
    env = {"PAYVOST_API_KEY": payvost_sandbox.api_key, "PAYVOST_BASE_URL": payvost_sandbox.base_url}
    url = "https://yourapp.com/webhooks/payvost"
    output = project.manage("payvost_webhooks", "create", url, "payment.*", **env)
    (webhook,) = payvost_sandbox.client.webhooks.list()
    assert output.splitlines() == [webhook["id"], f"WEBHOOK_SECRET={payvost_sandbox.secret}"]
    assert (webhook["url"], webhook["events"]) == (url, ["payment.*"])
