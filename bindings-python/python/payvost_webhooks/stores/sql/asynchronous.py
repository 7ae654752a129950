"""The lease and the inbox on psycopg's asynchronous connections."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any, Callable, cast

from payvost_webhooks._native import ClaimRequest
from payvost_webhooks.stores.base import DeadLetter, KeptDelivery, Options, Settings, within
from payvost_webhooks.stores.claim import AsyncClaim
from payvost_webhooks.stores.sql import statements as steps
from payvost_webhooks.stores.sql.blocking import factory_of
from payvost_webhooks.stores.sql.inbox import begin_of
from payvost_webhooks.stores.sql.statements import DEFAULT_TABLE, Done, Statements, Steps, Values

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["AsyncSqlInbox", "AsyncSqlStore"]


class _AsyncSqlTable(Settings):
    def __init__(
        self,
        connect: Any,
        *,
        table: str = DEFAULT_TABLE,
        dialect: str | None = None,
        timeout: float = 2.0,
        **settings: Unpack[Options],
    ) -> None:
        super().__init__(**settings)
        self._connect = factory_of(connect)
        self._table = table
        self._dialect = dialect
        self._timeout = timeout
        self._statements: Statements | None = None
        Statements(dialect or "sqlite", "question", table)

    async def create_table(self) -> None:
        """Create the table and its indexes, where they are missing. Once, with your migrations."""
        async with self._opened() as (connection, statements), _ending(connection):
            await _run(connection, statements, steps.create_table(statements), {})

    async def dead_letters(self, limit: int = 100) -> list[DeadLetter]:
        """The events that were claimed and not handled, those that have waited longest first."""
        return steps.letters(await self._run(steps.only("dead_letters"), {"limit": limit}))

    async def delivery(self, key: str) -> KeptDelivery | None:
        """The delivery that was kept with a claim."""
        return steps.kept(await self._run(steps.only("delivery"), {"key": key}))

    async def forget(self, batch: int = 1000) -> int:
        """As :meth:`payvost_webhooks.stores.sql.SqlStore.forget`."""
        if batch < 1:
            raise ValueError("a batch has at least one row")
        deleted = 0
        while True:
            done: Done = await self._run(steps.only("forget"), {"limit": batch})
            deleted += max(0, done.changed)
            if done.changed < batch:
                return deleted

    async def _run(self, program: Steps, values: Values) -> Any:
        async def step() -> Any:
            async with self._opened() as (connection, statements), _ending(connection):
                return await _run(connection, statements, program, values)

        return await within(self._timeout, step)

    @contextlib.asynccontextmanager
    async def _opened(self) -> AsyncIterator[tuple[Any, Statements]]:
        async with _opened(self._connect) as connection:
            if self._statements is None:
                self._statements = Statements.of(connection, self._dialect, self._table)
            yield connection, self._statements


class AsyncSqlStore(_AsyncSqlTable):
    """As :class:`SqlStore`, on asynchronous connections of psycopg.

    Args:
        connect: A function that returns ``psycopg.AsyncConnection.connect(…)``, or an
            ``psycopg_pool.AsyncConnectionPool``.
        timeout: How long a step may take, in seconds, the connection included.
        table: As for :class:`SqlStore`; and so are all the others.
    """

    async def claim(
        self, request: ClaimRequest, token: str, delivery: KeptDelivery | None
    ) -> tuple[str, int]:
        """As :meth:`payvost_webhooks.stores.ClaimStore.claim`."""
        values = steps.claim_values(self.policy, request, token, delivery)
        return cast("tuple[str, int]", await self._run(steps.claim(), values))

    async def extend(self, key: str, token: str, lease_ms: int) -> bool:
        """As :meth:`payvost_webhooks.stores.ClaimStore.extend`."""
        values: Values = {"key": key, "token": token, "lease": lease_ms}
        return bool(await self._run(steps.change("extend"), values))

    async def complete(self, key: str, token: str) -> bool:
        """As :meth:`payvost_webhooks.stores.ClaimStore.complete`."""
        values: Values = {"key": key, "token": token, "remember": self.policy.remember_ms}
        return bool(await self._run(steps.change("complete"), values))

    async def release(self, key: str, token: str, error: str) -> bool:
        """As :meth:`payvost_webhooks.stores.ClaimStore.release`."""
        values: Values = {"key": key, "token": token, "remember": self.policy.remember_ms}
        return bool(await self._run(steps.change("release"), {**values, "error": error}))

    def claim_of(self, ticket: Mapping[str, str]) -> AsyncClaim:
        """The claim that was handed over."""
        return cast(AsyncClaim, AsyncClaim._resumed(self, ticket))


class AsyncSqlInbox(_AsyncSqlTable):
    """As :class:`SqlInbox`, on asynchronous connections of psycopg.

    The arguments are those of :class:`AsyncSqlStore`.
    """

    async def begin(
        self, request: ClaimRequest, token: str, delivery: KeptDelivery | None
    ) -> AsyncSqlTransaction:
        """Begin a transaction with a claim."""
        values = steps.claim_values(self.policy, request, token, delivery)

        async def step() -> AsyncSqlTransaction:
            async with contextlib.AsyncExitStack() as stack:
                connection, statements = await stack.enter_async_context(self._opened())
                transaction = AsyncSqlTransaction(connection, statements, values, self._timeout)
                stack.push_async_callback(transaction._end)
                await transaction._begin()
                if transaction.reply[0] == "claimed":
                    transaction._closing = stack.pop_all()
            return transaction

        return await within(self._timeout, step)


class AsyncSqlTransaction:
    """A transaction of an inbox."""

    def __init__(
        self, connection: Any, statements: Statements, values: Values, timeout: float
    ) -> None:
        self.connection = connection
        self.reply = ("in_progress", 0)
        self._statements = statements
        self._values = values
        self._timeout = timeout
        self._closing = contextlib.AsyncExitStack()

    async def commit(self) -> bool:
        async def step() -> bool:
            async with self._closing:
                held = bool(await self._run(steps.change("complete")))
                if held:
                    await self.connection.commit()
                return held

        return await within(self._timeout, step)

    async def fail(self, error: str) -> bool:
        async def step() -> bool:
            async with self._closing:
                await self.connection.rollback()
                # The claim was rolled back as well: it is made again, so that the failure is counted.
                await self._begin()
                if self.reply[0] != "claimed":
                    return False
                self._values["error"] = error
                held = bool(await self._run(steps.change("release")))
                await self.connection.commit()
                return held

        return await within(self._timeout, step)

    async def _begin(self) -> None:
        self.reply = ("in_progress", 0)
        begin_text = begin_of(self._statements.dialect, self.connection)
        if begin_text:
            await _execute(self.connection, begin_text, [])
        if "lock" not in self._statements or await self._run(steps.lock()):
            self.reply = await self._run(steps.claim())

    async def _end(self) -> None:
        with contextlib.suppress(Exception):
            await self.connection.rollback()

    async def _run(self, program: Steps) -> Any:
        return await _run(self.connection, self._statements, program, self._values)


@contextlib.asynccontextmanager
async def _opened(connect: Callable[[], Any]) -> AsyncIterator[Any]:
    made = connect()
    if inspect.isawaitable(made):
        made = await made
    if not hasattr(made, "cursor"):
        async with made as connection:
            yield connection
        return
    try:
        yield made
    finally:
        with contextlib.suppress(Exception):
            await made.close()


@contextlib.asynccontextmanager
async def _ending(connection: Any) -> AsyncIterator[None]:
    try:
        yield
        await connection.commit()
    except BaseException:
        with contextlib.suppress(Exception):
            await connection.rollback()
        raise


async def _run(connection: Any, statements: Statements, program: Steps, values: Values) -> Any:
    try:
        name = next(program)
        while True:
            name = program.send(await _execute(connection, *statements.bound(name, values)))
    except StopIteration as end:
        return end.value


async def _execute(connection: Any, words: str, values: list[Any]) -> Done:
    async with connection.cursor() as cursor:
        await cursor.execute(words, values)
        rows = await cursor.fetchall() if cursor.description else []
        return Done(list(rows), cursor.rowcount)
