"""The inbox: the claim and the handler's own writes share one transaction."""

from __future__ import annotations

from typing import Any

from payvost_webhooks import _native
from payvost_webhooks._native import ClaimRequest
from payvost_webhooks.stores._driving import drive, drive_async, milliseconds, now, within
from payvost_webhooks.stores._lease import claim_values
from payvost_webhooks.stores.base import KeptDelivery
from payvost_webhooks.stores.sql._table import (
    AsyncSqlSession,
    AsyncSqlTable,
    SqlSession,
    SqlTable,
    _Table,
)

__all__ = ["AsyncSqlInbox", "SqlInbox"]


class _Noting(_Table):
    def __init__(self, connect: Any, *, note_attempts: bool = True, **settings: Any) -> None:
        super().__init__(connect, **settings)
        self._note_attempts = note_attempts

    def _entering(self, request: ClaimRequest) -> _native.SqlProgram:
        limit = milliseconds(self.timeout)
        return _native.SqlProgram("enter", now(), limit, request.retry, note=self._note_attempts)


class SqlInbox(_Noting, SqlTable):
    """Claims that share a transaction with what the handler writes: its effect is once, whatever crashes.

    The handler gets the connection as ``claim.connection``, writes through it, and neither commits nor rolls back;
    nested transactions (savepoints) are welcome. Its writes and the claim are committed together after it has
    returned. When it raises, all of it is rolled back, and the failure is noted. When it commits itself, the event is
    parked: its effect is there, and only ``receiver.retry(key)`` runs it again.

    The arguments are those of :class:`SqlStore`, and ``note_attempts``. By default the attempt is noted in a short
    transaction of its own before the inbox begins, so that an event whose workers all die leaves a dead letter;
    ``False`` saves that transaction. ``lease`` plays no part: the claim holds as long as the transaction.
    """

    def begin(
        self, request: ClaimRequest, token: str, delivery: KeptDelivery | None
    ) -> SqlTransaction:
        """Begin a transaction with a claim."""
        session = SqlSession(self, claim_values(self.policy, request, token, delivery))
        program = self._entering(request)
        return SqlTransaction(program, session, self.timeout, drive(program, session))


class AsyncSqlInbox(_Noting, AsyncSqlTable):
    """As :class:`SqlInbox`, on asynchronous connections of psycopg.

    The arguments are those of :class:`AsyncSqlStore`, and ``note_attempts`` of :class:`SqlInbox`.
    """

    async def begin(
        self, request: ClaimRequest, token: str, delivery: KeptDelivery | None
    ) -> AsyncSqlTransaction:
        """Begin a transaction with a claim."""
        session = AsyncSqlSession(self, claim_values(self.policy, request, token, delivery))
        program = self._entering(request)
        reply = await within(self.timeout, lambda: drive_async(program, session))
        return AsyncSqlTransaction(program, session, self.timeout, reply)


class _Transaction:
    """A transaction of an inbox, with the program that goes on with it."""

    def __init__(
        self, program: _native.SqlProgram, session: Any, timeout: float, reply: Any
    ) -> None:
        self.reply: tuple[str, int] = reply
        self.connection: Any = session.connection
        self._program = program
        self._session = session
        self._timeout = timeout

    def _begin(self, work: str) -> None:
        self._program.then(work, now(), milliseconds(self._timeout))


class SqlTransaction(_Transaction):
    """As :class:`payvost_webhooks.stores.Transaction`."""

    def commit(self) -> str:
        return str(self._then("leave"))

    def fail(self, error: str) -> bool:
        self._session.values["error"] = error
        return bool(self._then("fail"))

    def renew(self) -> bool:
        """Whether the transaction still holds the claim."""
        return bool(self._then("renew"))

    def _then(self, work: str) -> Any:
        self._begin(work)
        return drive(self._program, self._session)


class AsyncSqlTransaction(_Transaction):
    """As :class:`payvost_webhooks.stores.AsyncTransaction`."""

    async def commit(self) -> str:
        return str(await self._then("leave"))

    async def fail(self, error: str) -> bool:
        self._session.values["error"] = error
        return bool(await self._then("fail"))

    async def renew(self) -> bool:
        """As :meth:`SqlTransaction.renew`."""
        return bool(await self._then("renew"))

    async def _then(self, work: str) -> Any:
        self._begin(work)
        return await within(self._timeout, lambda: drive_async(self._program, self._session))
