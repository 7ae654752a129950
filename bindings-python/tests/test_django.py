"""The Django adapter and Django's transactions."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sys

import django
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import path

settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": "shop.sqlite3",
            "ATOMIC_REQUESTS": sys.argv[1] == "atomic",
        }
    },
    SECRET_KEY="of the project",
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
)
django.setup()

from payvost_webhooks.django import webhook_view
from payvost_webhooks.receiver import WebhookReceiver
from payvost_webhooks.testing import SECRET, sample_event, signed_request

def handle(event):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO booked VALUES (%s)", [event["id"]])
    if event["type"] == "payment.failed":
        raise ValueError("not booked")

urlpatterns = [path("webhooks/payvost", webhook_view(WebhookReceiver(SECRET, handle)))]

with connection.cursor() as cursor:
    cursor.execute("CREATE TABLE booked (id TEXT)")
for event_type in ("payment.succeeded", "payment.failed"):
    body, headers = signed_request(sample_event(event_type, id=event_type))
    answer = Client(headers=headers).post("/webhooks/payvost", body, "application/json")
    print(answer.status_code, answer.content.decode())
with connection.cursor() as cursor:
    print(cursor.execute("SELECT id FROM booked").fetchall())
"""


@pytest.mark.parametrize(
    ("transactions", "booked"),
    [
        ("atomic", "[('payment.succeeded',)]"),
        ("none", "[('payment.succeeded',), ('payment.failed',)]"),
    ],
)
def test_writes_of_a_failed_handler(tmp_path: Path, transactions: str, booked: str) -> None:
    (tmp_path / "shop.py").write_text(PROGRAM, "utf-8")
    done = subprocess.run(
        [sys.executable, "shop.py", transactions],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.splitlines() == [
        '200 {"received":true}',
        '500 {"error":{"code":"handler_failed","message":"the handler failed"}}',
        booked,
    ], done.stderr
