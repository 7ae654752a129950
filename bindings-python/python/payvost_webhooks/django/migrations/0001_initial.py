"""Creates the claims table with the store's own SQL."""

from typing import Any

from django.db import migrations, models

from payvost_webhooks._limits import DEFAULT_TABLE
from payvost_webhooks.stores.django import DIALECTS
from payvost_webhooks.stores.sql import definition


def create_table(apps: Any, editor: Any) -> None:
    """Create the table, unless the database is one that the store does not support."""
    dialect = DIALECTS.get(editor.connection.vendor)
    if dialect is not None:
        for statement in definition(dialect, DEFAULT_TABLE).split(";\n"):
            if statement.strip():
                editor.execute(statement)


def drop_table(apps: Any, editor: Any) -> None:
    """Drop the table, and forget which events were handled."""
    editor.execute(f"DROP TABLE IF EXISTS {DEFAULT_TABLE}")


class Migration(migrations.Migration):
    """The claims table."""

    initial = True
    operations = [  # noqa: RUF012 (as Django expects it)
        # MySQL cannot create a table in a transaction.
        migrations.RunPython(create_table, drop_table, atomic=False),
        migrations.CreateModel(
            name="DeadLetter",
            fields=[
                (
                    "key",
                    models.CharField(
                        primary_key=True, max_length=400, db_column="claim_key", serialize=False
                    ),
                ),
                ("event_type", models.CharField(max_length=255)),
                ("state", models.CharField(max_length=8)),
                ("attempt", models.IntegerField(verbose_name="attempts")),
                ("error", models.CharField(max_length=255, null=True)),
                ("lease_until", models.BigIntegerField()),
                ("forget_at", models.BigIntegerField()),
                ("changed_at", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "dead letter",
                "db_table": DEFAULT_TABLE,
                "ordering": ("changed_at",),
                "managed": False,
            },
        ),
    ]
