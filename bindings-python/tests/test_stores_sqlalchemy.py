"""Inboxes on SQLAlchemy engines: handlers write through sessions, in the transaction of the claim."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from samples import EVENT, SECRET, signed
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from payvost_webhooks.receiver import Result, WebhookReceiver
from payvost_webhooks.stores.sql import AsyncSqlInbox, AsyncSqlStore, SqlInbox


class Base(DeclarativeBase):
    pass


class Booked(Base):
    __tablename__ = "booked_by_sqlalchemy"
    name: Mapped[str] = mapped_column(sqlalchemy.String(60), primary_key=True)


@pytest.fixture(params=["postgres", "mysql", "sqlite"])
def engine(request: pytest.FixtureRequest, url_of: Callable[[str], str], tmp_path: Path) -> Any:
    url = {
        "postgres": lambda: url_of("postgres").replace("postgres:", "postgresql+psycopg:"),
        "mysql": lambda: url_of("mysql").replace("mysql:", "mysql+pymysql:"),
        "sqlite": lambda: f"sqlite:///{tmp_path / 'shop.db'}",
    }[request.param]()
    engine = sqlalchemy.create_engine(url)
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


class Shop:
    def __init__(self, store: Any, handle: Any) -> None:
        self.results: list[Result] = []
        self.store, self._handle = store, handle
        self.body = json.dumps({**EVENT, "id": f"evt_{uuid.uuid4().hex}"}).encode()
        self.name: str = json.loads(self.body)["id"]

    def deliver(self) -> str:
        arguments = {"store": self.store, "on_result": self.results.append}
        receiver = WebhookReceiver(SECRET, self._handle, **arguments)
        receiver.receive(self.body, signed(self.body))
        return self.results[-1].code

    def booked(self, engine: sqlalchemy.Engine) -> int:
        with Session(engine) as session:
            names = session.scalars(sqlalchemy.select(Booked.name)).all()
            return names.count(self.name)


def inbox_on(connect: Any) -> SqlInbox:
    store = SqlInbox(connect, timeout=10)
    store.create_table()
    return store


def test_a_session_writes_in_the_transaction_of_the_claim(engine: sqlalchemy.Engine) -> None:
    """Its commits, and those of nested transactions, do not commit the transaction."""
    fails = [True, False]

    def handle(event: Any, claim: Any) -> None:
        with Session(claim.connection) as session:
            session.add(Booked(name=event["id"]))
            with session.begin_nested():
                session.add(Booked(name=uuid.uuid4().hex))
            with pytest.raises(sqlalchemy.exc.IntegrityError), session.begin_nested():
                session.execute(sqlalchemy.insert(Booked), {"name": event["id"]})
            session.commit()
        if fails.pop(0):
            raise LookupError

    shop = Shop(inbox_on(engine.connect), handle)
    assert [shop.deliver(), shop.booked(engine)] == ["handler_failed", 0]
    assert [shop.deliver(), shop.booked(engine)] == ["handled", 1]
    assert [shop.deliver(), shop.booked(engine)] == ["already_handled", 1]


@pytest.mark.parametrize("way", ["connect", "raw_connection"])
def test_a_real_commit_is_noticed(engine: sqlalchemy.Engine, way: str) -> None:
    def handle(event: Any, claim: Any) -> None:
        connection = claim.connection
        if way == "connect":
            connection.execute(sqlalchemy.insert(Booked), {"name": event["id"]})
        else:
            words = f"INSERT INTO {Booked.__tablename__} VALUES ('{event['id']}')"
            connection.cursor().execute(words)
        connection.commit()

    shop = Shop(inbox_on(getattr(engine, way)), handle)
    assert [shop.deliver() for _ in range(2)] == ["handler_failed"] * 2
    assert shop.booked(engine) == 1
    (letter,) = (letter for letter in shop.store.dead_letters(1000) if shop.name in letter.key)
    assert letter.reason == "parked"


def test_a_real_rollback_is_noticed(engine: sqlalchemy.Engine) -> None:
    fails = [True, False]

    def handle(event: Any, claim: Any) -> None:
        claim.connection.execute(sqlalchemy.insert(Booked), {"name": event["id"]})
        if fails.pop(0):
            claim.connection.rollback()

    shop = Shop(inbox_on(engine.connect), handle)
    assert [shop.deliver(), shop.booked(engine)] == ["handler_failed", 0]
    assert [shop.deliver(), shop.booked(engine)] == ["handled", 1]


def test_an_engine_recovers_from_lost_connections(
    url_of: Callable[[str], str],
) -> None:
    url = url_of("postgres").replace("postgres:", "postgresql+psycopg:")
    engine = sqlalchemy.create_engine(url, pool_size=1, max_overflow=0)
    Base.metadata.create_all(engine)

    def handle(event: Any, claim: Any) -> None:
        claim.connection.execute(sqlalchemy.insert(Booked), {"name": event["id"]})

    shop = Shop(inbox_on(engine.connect), handle)
    with engine.connect() as connection:
        pid = connection.scalar(sqlalchemy.text("SELECT pg_backend_pid()"))
    other = sqlalchemy.create_engine(url)
    with other.connect() as connection:
        connection.execute(sqlalchemy.text(f"SELECT pg_terminate_backend({pid})"))
    other.dispose()
    assert [shop.deliver(), shop.booked(engine)] == ["handled", 1]
    engine.dispose()


@pytest.mark.parametrize("way", ["connect", "raw_connection"])
def test_an_async_engine(
    way: str, url_of: Callable[[str], str], caplog: pytest.LogCaptureFixture
) -> None:
    fails, results = [True, False], list[Result]()

    async def handle(event: Any, claim: Any) -> None:
        if way == "connect":
            async with AsyncSession(claim.connection) as session:
                session.add(Booked(name=event["id"]))
                await session.commit()
        else:
            words = f"INSERT INTO {Booked.__tablename__} VALUES ('{event['id']}')"
            await claim.connection.driver_connection.execute(words)
        if fails.pop(0):
            raise LookupError

    async def booked(engine: AsyncEngine, name: str) -> int:
        async with AsyncSession(engine) as session:
            return (await session.scalars(sqlalchemy.select(Booked.name))).all().count(name)

    async def deliveries() -> list[Any]:
        url = url_of("postgres").replace("postgres:", "postgresql+psycopg:")
        engine = create_async_engine(url, pool_size=2, max_overflow=0)
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        await AsyncSqlStore(getattr(engine, way)).create_table()
        shop = Shop(AsyncSqlInbox(getattr(engine, way)), handle)
        receiver = WebhookReceiver(SECRET, handle, store=shop.store, on_result=results.append)
        outcomes: list[Any] = []
        for _ in range(4):  # more than the number of connections
            await receiver.receive_async(shop.body, signed(shop.body))
            outcomes += [results[-1].code, await booked(engine, shop.name)]
        await engine.dispose()
        return outcomes

    done = ["already_handled", 1]
    assert asyncio.run(deliveries()) == ["handler_failed", 0, "handled", 1, *done, *done]
    assert [record for record in caplog.records if record.name.startswith("sqlalchemy")] == []
