"""The inbox: the claim and the handler's writes share a transaction."""

from __future__ import annotations

from typing import Any, Optional

from payvost_webhooks import _native
from payvost_webhooks._native import ClaimRequest
from payvost_webhooks.stores._driving import drive, drive_async, milliseconds, now, within
from payvost_webhooks.stores._lease import change_values, claim_values
from payvost_webhooks.stores.base import KeptDelivery, Options, Values
from payvost_webhooks.stores.sql._table import AsyncSqlTable, SqlTable, _Table, claimant

__all__ = ["AsyncSqlInbox", "SqlInbox"]


class InboxOptions(Options, total=False):
    """The settings of an inbox."""

    table: str
    note_attempts: bool


class _Noting(_Table):
    def __init__(self, connect: Any, *, note_attempts: bool = True, **settings: Any) -> None:
        super().__init__(connect, **settings)
        self._note_attempts = note_attempts

    def _entering(self, request: ClaimRequest, values: Values, joined: Any) -> _native.SqlProgram:
        arguments = {"retry": request.retry, "note": self._note_attempts, **claimant(values)}
        if joined is not None:
            arguments["transactions"] = self._port.dialect
        return self._program("enter", **arguments)


class SqlInbox(_Noting, SqlTable):
    """Claims that share a transaction with the handler's writes, which therefore happen exactly once despite crashes.

    The handler writes through ``claim.connection``. It must neither commit nor roll back, but can use nested
    transactions (savepoints). When it returns, its writes and the claim are committed together. If it raises an
    exception, both are rolled back, and the failure is recorded. If the handler itself commits, its writes persist and
    the event is parked: only ``receiver.retry(key)`` runs it again.

    Takes the arguments of :class:`SqlStore`, and ``note_attempts``: by default, each attempt is recorded in a short
    transaction before the inbox begins, so that an event whose workers all crash becomes a dead letter. ``False`` saves
    that transaction. ``lease`` has no effect: the claim holds as long as the transaction.
    """

    def begin(
        self, request: ClaimRequest, token: str, delivery: Optional[KeptDelivery]
    ) -> SqlTransaction:
        """Begin a transaction with a claim."""
        return self._begin(request, token, delivery)

    def discard(self, key: str) -> bool:
        """Discard a dead letter: mark its event as handled, and delete the stored delivery.

        Returns:
            ``False`` if the event has been handled, is being handled, or is unknown.
        """
        return bool(self._run("discard", change_values(self.policy, key))[0])

    def _begin(
        self,
        request: ClaimRequest,
        token: str,
        delivery: Optional[KeptDelivery],
        joined: Any = None,
    ) -> SqlTransaction:
        values = claim_values(self.policy, request, token, delivery)
        session = self._opens(values, joined)
        program = self._entering(request, values, joined)
        return SqlTransaction(program, session, self.timeout, drive(program, session))


class AsyncSqlInbox(_Noting, AsyncSqlTable):
    """Like :class:`SqlInbox`, with async connections of psycopg, asyncpg or aiosqlite.

    Takes the arguments of :class:`AsyncSqlStore`, and ``note_attempts`` of :class:`SqlInbox`.
    """

    async def begin(
        self, request: ClaimRequest, token: str, delivery: Optional[KeptDelivery]
    ) -> AsyncSqlTransaction:
        """Begin a transaction with a claim."""
        return await self._begin(request, token, delivery)

    async def discard(self, key: str) -> bool:
        """Like :meth:`SqlInbox.discard`."""
        return bool((await self._within("discard", change_values(self.policy, key)))[0])

    async def _begin(
        self,
        request: ClaimRequest,
        token: str,
        delivery: Optional[KeptDelivery],
        joined: Any = None,
    ) -> AsyncSqlTransaction:
        values = claim_values(self.policy, request, token, delivery)
        session = self._opens(values, joined)
        program = self._entering(request, values, joined)
        reply = await within(self.timeout, lambda: drive_async(program, session))
        return AsyncSqlTransaction(program, session, self.timeout, reply)


class Joined:
    """An inbox for one delivery, in a transaction that the caller has opened."""

    def __init__(self, inbox: SqlInbox, joined: Any) -> None:
        self.policy, self.keep_deliveries = inbox.policy, inbox.keep_deliveries
        self._inbox, self._joined = inbox, joined

    def begin(
        self, request: ClaimRequest, token: str, delivery: Optional[KeptDelivery]
    ) -> SqlTransaction:
        return self._inbox._begin(request, token, delivery, self._joined)

    def delivery(self, key: str) -> Optional[KeptDelivery]:
        return self._inbox.delivery(key)


class AsyncJoined:
    """Like :class:`Joined`, in an event loop."""

    def __init__(self, inbox: AsyncSqlInbox, joined: Any) -> None:
        self.policy, self.keep_deliveries = inbox.policy, inbox.keep_deliveries
        self._inbox, self._joined = inbox, joined

    async def begin(
        self, request: ClaimRequest, token: str, delivery: Optional[KeptDelivery]
    ) -> AsyncSqlTransaction:
        return await self._inbox._begin(request, token, delivery, self._joined)

    async def delivery(self, key: str) -> Optional[KeptDelivery]:
        return await self._inbox.delivery(key)


class _Transaction:
    """A transaction of an inbox, with the program that continues it."""

    def __init__(
        self, program: _native.SqlProgram, session: Any, timeout: float, reply: Any
    ) -> None:
        self.reply: tuple[str, int] = reply
        self.connection: Any = session.connection if reply[0] == "claimed" else None
        self.flush = getattr(session, "flush", None)
        """Writes what the handler has changed, as a part of the handler. Only with an ORM."""
        self._program = program
        self._session = session
        self._timeout = timeout

    def _begin(self, work: str) -> None:
        self._program.then(work, now(), milliseconds(self._timeout))


class SqlTransaction(_Transaction):
    """Like :class:`payvost_webhooks.stores.Transaction`."""

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
    """Like :class:`payvost_webhooks.stores.AsyncTransaction`."""

    async def commit(self) -> str:
        return str(await self._then("leave"))

    async def fail(self, error: str) -> bool:
        self._session.values["error"] = error
        return bool(await self._then("fail"))

    async def renew(self) -> bool:
        """Like :meth:`SqlTransaction.renew`."""
        return bool(await self._then("renew"))

    async def _then(self, work: str) -> Any:
        self._begin(work)
        return await within(self._timeout, lambda: drive_async(self._program, self._session))
