"""Inboxes in the transactions of SQLAlchemy sessions: what a handler can do to them, and what becomes of the event."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from samples import SECRET
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.ext.asyncio import create_async_engine as async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from payvost_webhooks import ConfigurationError
from payvost_webhooks.receiver import Result, WebhookReceiver
from payvost_webhooks.stores.sqlalchemy import AsyncSessionInbox, SessionInbox
from payvost_webhooks.testing import sample_event, signed_request


class Base(DeclarativeBase):
    pass


class Booked(Base):
    __tablename__ = "booked_by_session"
    name: Mapped[str] = mapped_column(sqlalchemy.String(60), primary_key=True)


DRIVERS = {
    "psycopg": ("postgres", "postgresql+psycopg"),
    "psycopg2": ("postgres", "postgresql+psycopg2"),
    "pymysql": ("mysql", "mysql+pymysql"),
    "sqlite3": ("sqlite", "sqlite"),
    "asyncpg": ("postgres", "postgresql+asyncpg"),
    "psycopg-async": ("postgres", "postgresql+psycopg"),
    "aiosqlite": ("sqlite", "sqlite+aiosqlite"),
}
ASYNC = ("asyncpg", "psycopg-async", "aiosqlite")


class Shop:
    """A receiver whose handler follows orders."""

    def __init__(self, url: str) -> None:
        self.engine: Any = sqlalchemy.create_engine(url)
        self.inbox: Any = SessionInbox(sessionmaker(self.engine), timeout=10)
        self.results: list[Result] = []
        self.orders: list[str] = []

    def prepare(self) -> None:
        Base.metadata.create_all(self.engine)
        self.inbox.create_table()

    def handle(self, event: Any, claim: Any) -> None:
        order = self.orders.pop(0) if self.orders else ""
        session = claim.session
        session.add(Booked(name=event["id"]))
        if order == "raise":
            session.flush()
            raise LookupError
        if order == "invalid":
            session.flush()
            session.expunge_all()
            session.add(Booked(name=event["id"]))  # the key is taken
        if order == "nested":
            with session.begin_nested():
                session.add(Booked(name=event["id"] + "2"))
        if order == "commit":
            session.commit()
            assert claim.extend()
        if order == "rollback":
            session.flush()
            session.rollback()

    def deliver(self, body: bytes, signature: str) -> None:
        receiver = WebhookReceiver(
            SECRET, self.handle, store=self.inbox, on_result=self.results.append
        )
        receiver.receive(body, signature)

    def join(self, body: bytes, signature: str) -> None:
        with Session(self.engine) as session:
            store = self.inbox.join(session)
            receiver = WebhookReceiver(
                SECRET, self.handle, store=store, on_result=self.results.append
            )
            receiver.receive(body, signature)

    def rows(self, name: str) -> int:
        with Session(self.engine) as session:
            found = session.scalars(sqlalchemy.select(Booked.name)).all()
            return sum(row.startswith(name) for row in found)

    def letters(self) -> Any:
        return self.inbox.dead_letters(1000)

    def close(self) -> None:
        self.engine.dispose()


class AsyncShop(Shop):
    def __init__(self, url: str) -> None:
        self.loop = asyncio.new_event_loop()
        self.engine = async_engine(url)
        self.inbox = AsyncSessionInbox(async_sessionmaker(self.engine), timeout=10)
        self.results, self.orders = [], []

    def prepare(self) -> None:
        async def prepared(engine: AsyncEngine) -> None:
            async with engine.begin() as connection:
                await connection.run_sync(Base.metadata.create_all)
            await self.inbox.create_table()

        self.loop.run_until_complete(prepared(self.engine))

    async def handle_async(self, event: Any, claim: Any) -> None:
        await claim.session.run_sync(lambda session: self.handle(event, _Sync(session)))

    def deliver(self, body: bytes, signature: str) -> None:
        receiver = WebhookReceiver(
            SECRET, self.handle_async, store=self.inbox, on_result=self.results.append
        )
        self.loop.run_until_complete(receiver.receive_async(body, signature))

    def join(self, body: bytes, signature: str) -> None:
        async def joined() -> None:
            async with AsyncSession(self.engine) as session:
                receiver = WebhookReceiver(
                    SECRET,
                    self.handle_async,
                    store=self.inbox.join(session),
                    on_result=self.results.append,
                )
                await receiver.receive_async(body, signature)

        self.loop.run_until_complete(joined())

    def rows(self, name: str) -> int:
        async def counted() -> int:
            async with AsyncSession(self.engine) as session:
                found = (await session.scalars(sqlalchemy.select(Booked.name))).all()
                return sum(row.startswith(name) for row in found)

        return self.loop.run_until_complete(counted())

    def letters(self) -> Any:
        return self.loop.run_until_complete(self.inbox.dead_letters(1000))

    def close(self) -> None:
        self.loop.run_until_complete(self.engine.dispose())
        self.loop.close()


class _Sync:
    """The claim, for a handler that runs on the session behind an async one."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def extend(self) -> bool:
        return True


@pytest.fixture(params=DRIVERS)
def shop(request: pytest.FixtureRequest, url_of: Callable[[str], str], tmp_path: Path) -> Any:
    kind, scheme = DRIVERS[request.param]
    url = f"{kind}:///{tmp_path / 'shop.db'}" if kind == "sqlite" else url_of(kind)
    url = url.replace(f"{kind}:", f"{scheme}:")
    made = (AsyncShop if request.param in ASYNC else Shop)(url)
    made.prepare()
    made.prepare()
    yield made
    made.close()


@pytest.mark.parametrize("way", ["deliver", "join"])
@pytest.mark.parametrize(
    ("order", "first", "rows"),
    [
        ("", "handled", 1),
        ("nested", "handled", 2),
        ("raise", "handler_failed", 0),
        ("invalid", "handler_failed", 0),
        ("rollback", "handler_failed", 0),
    ],
)
def test_an_event_has_its_effect_once(
    shop: Shop, way: str, order: str, first: str, rows: int
) -> None:
    event = sample_event("payment.succeeded", fresh=True)
    body, headers = signed_request(event, SECRET)
    shop.orders = [order]
    receive = getattr(shop, way)
    receive(body, headers["Payvost-Signature"])
    assert (shop.results[-1].code, shop.rows(event["id"])) == (first, rows)
    letters = [letter for letter in shop.letters() if event["id"] in letter.key]
    assert [letter.reason for letter in letters] == ["failed"] * (not rows)
    receive(body, headers["Payvost-Signature"])
    second = "already_handled" if rows else "handled"
    assert (shop.results[-1].code, shop.rows(event["id"])) == (second, rows or 1)
    receive(body, headers["Payvost-Signature"])
    assert (shop.results[-1].code, shop.rows(event["id"])) == ("already_handled", rows or 1)


def test_a_commit_in_the_handler_only_flushes(shop: Shop) -> None:
    event = sample_event("payment.succeeded", fresh=True)
    body, headers = signed_request(event, SECRET)
    shop.orders = ["commit"]
    shop.deliver(body, headers["Payvost-Signature"])
    assert (shop.results[-1].code, shop.rows(event["id"])) == ("handled", 1)


def test_a_real_commit_in_the_callers_transaction_parks_the_event(shop: Shop) -> None:
    event = sample_event("payment.succeeded", fresh=True)
    body, headers = signed_request(event, SECRET)
    shop.orders = ["commit"]
    for _ in range(3):
        shop.join(body, headers["Payvost-Signature"])
        assert (shop.results[-1].code, shop.rows(event["id"])) == ("handler_failed", 1)
    (letter,) = [letter for letter in shop.letters() if event["id"] in letter.key]
    assert letter.reason == "parked"


def test_a_caller_keeps_its_transaction_when_nothing_is_claimed(tmp_path: Path) -> None:
    shop = Shop(f"sqlite:///{tmp_path / 'shop.db'}")
    shop.prepare()
    event = sample_event("payment.succeeded", fresh=True)
    body, headers = signed_request(event, SECRET)
    shop.deliver(body, headers["Payvost-Signature"])
    with Session(shop.engine) as session:
        session.add(Booked(name="the caller's"))
        session.flush()
        receiver = WebhookReceiver(SECRET, shop.handle, store=shop.inbox.join(session))
        assert receiver.receive(body, headers["Payvost-Signature"]).status == 200
        session.commit()
    assert shop.rows("the caller's") == 1
    shop.close()


def test_a_caller_whose_commit_fails_is_told_so(tmp_path: Path) -> None:
    shop = Shop(f"sqlite:///{tmp_path / 'shop.db'}")
    shop.prepare()
    event = sample_event("payment.succeeded", fresh=True)
    body, headers = signed_request(event, SECRET)
    with Session(shop.engine) as session:

        @sqlalchemy.event.listens_for(session, "before_commit")
        def fail(_: Any) -> None:
            raise OSError("the disk is full")

        receiver = WebhookReceiver(SECRET, shop.handle, store=shop.inbox.join(session))
        assert receiver.receive(body, headers["Payvost-Signature"]).status == 503
    assert shop.rows(event["id"]) == 0
    shop.deliver(body, headers["Payvost-Signature"])
    assert shop.rows(event["id"]) == 1
    shop.close()


def test_what_cannot_work_is_refused(tmp_path: Path) -> None:
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path / 'shop.db'}")
    refused: list[tuple[Any, Any, str]] = [
        (SessionInbox, engine, "sessionmaker"),
        (SessionInbox, Session(engine), "sessionmaker"),
        (SessionInbox, sessionmaker(), "bound"),
        (SessionInbox, async_sessionmaker(async_engine("sqlite+aiosqlite://")), "sessionmaker"),
        (AsyncSessionInbox, sessionmaker(engine), "async_sessionmaker"),
        (AsyncSessionInbox, async_sessionmaker(), "bound"),
    ]
    for kind, sessions, message in refused:
        with pytest.raises(ConfigurationError, match=message) as raised:
            kind(sessions)
        assert raised.value.code == "invalid_option"
        assert isinstance(raised.value, TypeError)
