"""The system checks: ``manage.py check``, and with the database ``manage.py check --database default``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional

from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from payvost_webhooks.django._configured import SETTING, configured_receiver
from payvost_webhooks.errors import ConfigurationError
from payvost_webhooks.stores import MemoryStore
from payvost_webhooks.stores.django import DjangoInbox


@register(Tags.security)
def check_receiver(**_: Any) -> list[CheckMessage]:
    """The receiver can be made, and handles each event once."""
    try:
        store = configured_receiver().store
    except ConfigurationError as error:
        return [Error(str(error), hint=error.hint, id="payvost_webhooks.E001")]
    except (ImproperlyConfigured, ImportError) as error:
        hint = f'Set {SETTING} = "shop.webhooks.receiver".'
        return [Error(str(error), hint=hint, id="payvost_webhooks.E002")]
    if store is None:
        return [
            Warning(
                "the receiver has no store: events that are delivered twice are handled twice",
                hint="Pass store=DjangoInbox().",
                id="payvost_webhooks.W001",
            )
        ]
    if isinstance(store, MemoryStore):
        return [
            Warning(
                "the receiver remembers events in memory: processes do not know of each other's",
                hint="Pass store=DjangoInbox().",
                id="payvost_webhooks.W002",
            )
        ]
    return []


@register(Tags.database)
def check_table(databases: Optional[Sequence[str]] = None, **_: Any) -> list[CheckMessage]:
    """The claims table exists."""
    try:
        store = configured_receiver().store
    except Exception:
        return []  # as check_receiver reports
    if not isinstance(store, DjangoInbox) or store.using not in (databases or ()):
        return []
    connection = connections[store.using]
    if store._table.rpartition(".")[2] in connection.introspection.table_names():
        return []
    return [
        Warning(  # An error would stop `migrate`, which creates it.
            f"the table {store._table} does not exist in the database {store.using}",
            hint="Run manage.py migrate payvost_webhooks.",
            id="payvost_webhooks.W003",
        )
    ]
