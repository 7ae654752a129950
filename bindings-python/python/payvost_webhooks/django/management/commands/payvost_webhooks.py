"""Dead letters, cleaning, and the webhook at Payvost: ``manage.py payvost_webhooks --help``."""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from payvost_webhooks import ApiError, ConfigurationError, Payvost
from payvost_webhooks._limits import DEFAULT_DEAD_LETTERS, FORGET_BATCH
from payvost_webhooks.django._configured import configured_receiver


class Command(BaseCommand):
    """``manage.py payvost_webhooks``"""

    help = "Lists, retries and discards dead letters, cleans the claims table, creates a webhook."

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        letters = commands.add_parser("dead-letters", help="list events that were not handled")
        letters.add_argument("--limit", type=int, default=DEFAULT_DEAD_LETTERS)
        retry = commands.add_parser("retry", help="handle events again")
        retry.add_argument("keys", nargs="*", metavar="KEY")
        retry.add_argument("--all", action="store_true", help="all dead letters")
        discard = commands.add_parser("discard", help="mark events as handled")
        discard.add_argument("keys", nargs="+", metavar="KEY")
        clean = commands.add_parser("clean", help="delete expired rows; run this once an hour")
        clean.add_argument("--batch", type=int, default=FORGET_BATCH, help="rows per transaction")
        create = commands.add_parser(
            "create", help="create the webhook at Payvost; needs PAYVOST_API_KEY"
        )
        create.add_argument("url", help="where Payvost delivers: https://…/webhooks/payvost")
        create.add_argument("events", nargs="*", default=["*"], metavar="EVENT")

    def handle(self, *arguments: Any, **options: Any) -> None:
        """Run a subcommand."""
        getattr(self, options["command"].replace("-", "_"))(options)

    def dead_letters(self, options: Any) -> None:
        """List dead letters."""
        for letter in _store().dead_letters(options["limit"]):
            columns = (letter.key, letter.event_type, letter.reason, f"{letter.attempts} attempts")
            self.stdout.write("\t".join((*columns, letter.error or "", f"{letter.age:.0f} s")))

    def retry(self, options: Any) -> None:
        """Handle dead letters again."""
        keys = [letter.key for letter in _store().dead_letters()] if options["all"] else []
        failed = False
        for key in [*options["keys"], *keys]:
            answer = configured_receiver().retry(key)
            failed |= answer is None or answer.status != 200
            self.stdout.write(f"{key}\t{'not kept' if answer is None else answer.status}")
        if failed:
            raise CommandError("not all events were handled: the log says why")

    def discard(self, options: Any) -> None:
        """Discard dead letters."""
        for key in options["keys"]:
            done = _store().discard(key)
            self.stdout.write(f"{key}\t{'discarded' if done else 'not a dead letter'}")

    def clean(self, options: Any) -> None:
        """Delete expired rows."""
        self.stdout.write(f"{_store().forget(options['batch'])} rows deleted")

    def create(self, options: Any) -> None:
        """Create the webhook."""
        url = os.environ.get("PAYVOST_BASE_URL")
        try:
            with Payvost(os.environ.get("PAYVOST_API_KEY"), base_url=url) as payvost:
                webhook = payvost.webhooks.create(url=options["url"], events=options["events"])
        except (ApiError, ConfigurationError) as error:
            raise CommandError(f"{error}. {error.hint}") from None
        self.stdout.write(f"{webhook['id']}\nWEBHOOK_SECRET={webhook['secret']}")


def _store() -> Any:
    store = configured_receiver().store
    if store is None:
        raise CommandError("the receiver has no store: pass store=DjangoInbox()")
    return store
