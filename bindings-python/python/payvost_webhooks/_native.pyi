from datetime import timedelta
from logging import Logger
from typing import Any, Callable, final

from typing_extensions import TypeAlias

from payvost_webhooks.events import WebhookEvent
from payvost_webhooks.router import WebhookRouter
from payvost_webhooks.stores.base import Store

_Bytes: TypeAlias = str | bytes | bytearray | memoryview
# A list is invariant: each kind that people have is named.
_Secrets: TypeAlias = (
    list[str] | list[bytes] | list[str | bytes] | list[_Bytes] | tuple[_Bytes, ...]
)
_Secret: TypeAlias = _Bytes | _Secrets

__all__ = [
    "ClaimPolicy",
    "ClaimRequest",
    "Delivery",
    "MemoryClaims",
    "Receiver",
    "RedisProgram",
    "Routes",
    "SqlProgram",
    "WebhookVerifier",
    "__version__",
    "handler_error",
    "redis_scripts",
    "releases_late",
    "require_seconds",
    "sample_event",
    "sign",
    "sql_definition",
    "sql_statements",
    "verify_webhook",
]

__version__: str

def verify_webhook(payload: _Bytes, signature: str | bytes | None, secret: _Secret) -> WebhookEvent:
    """Verify one webhook and return its event: what ``json.loads(payload)`` gives.

    Short for ``WebhookVerifier(secret).verify(payload, signature)``.

    Raises:
        WebhookError: The first check that fails decides. The secret is checked first.
    """

def sign(payload: _Bytes, secret: _Bytes) -> str:
    """Sign a payload as the provider does: 64 lowercase hex digits. For tests and local senders.

    Raises:
        ConfigurationError: ``invalid_secret`` or ``payload_not_raw``.
    """

@final
class WebhookVerifier:
    """Verifies webhooks with secrets and options that are checked once.

    Make one at start-up and share it between threads: it is immutable. It cannot be pickled,
    since it holds secrets; they do not show in its ``repr``.
    """

    def __new__(
        cls,
        secret: _Secret,
        *,
        tolerance: float | timedelta | None = None,
        expect_live_mode: bool | None = None,
        max_payload_bytes: int = 1048576,
    ) -> WebhookVerifier:
        """Make a verifier.

        Args:
            secret: The webhook secret; while it is rotated, a list of the old and the new one, in any
                order. Nothing is stripped or decoded: a ``whsec_`` prefix is part of it.
            tolerance: How far ``createdAt`` may be from now, back or ahead: seconds or a ``timedelta``,
                up to 100 years. ``None``: any time. Retries keep ``createdAt``, so less than 96 min 5 s
                refuses honest deliveries; what stops a replay is remembering the event's ``id``.
            expect_live_mode: Which ``liveMode`` to accept. ``None``: both.
            max_payload_bytes: How long a payload may be, checked before it is hashed; up to 268435455.

        Raises:
            ConfigurationError: ``invalid_secret`` or ``invalid_option``.
        """

    def verify(self, payload: _Bytes, signature: str | bytes | None) -> WebhookEvent:
        """Verify the signature over the raw payload, then read and check the event.

        Args:
            payload: The body as it came, before anything parsed it. Text is taken as its UTF-8 bytes. A
                ``bytearray`` or a ``memoryview`` (of contiguous bytes) is copied first.
            signature: The value of the ``Payvost-Signature`` header, or ``None`` when there is none.

        Returns:
            What ``json.loads(payload)`` gives.

        Raises:
            WebhookError: The first check that fails decides.
        """

    def verify_signature(self, payload: _Bytes, signature: str | bytes | None) -> None:
        """Verify the signature alone, without looking into the payload.

        Raises:
            WebhookError: As :meth:`verify`, up to ``signature_mismatch``.
        """

    def matching_secret(self, payload: _Bytes, signature: str | bytes | None) -> int:
        """Tell which secret made the signature, without looking into the payload.

        While a secret is rotated, this shows when the old one has gone out of use.

        Returns:
            The position in the list of secrets; ``0`` when one secret was given, not in a list.

        Raises:
            WebhookError: As :meth:`verify_signature`.
        """

    @property
    def max_payload_bytes(self) -> int:
        """How long a payload may be: no more than one byte above it need be read."""

    def __copy__(self) -> WebhookVerifier: ...
    def __deepcopy__(self, memo: Any) -> WebhookVerifier: ...

@final
class ClaimPolicy:
    """For how long events are claimed and remembered, and under which names. Every store has one."""

    def __new__(
        cls, lease: float | timedelta, remember: float | timedelta, prefix: str
    ) -> ClaimPolicy:
        """Make a policy.

        Args:
            lease: How long a claim holds, 1 s to 24 h: seconds or a ``timedelta``.
            remember: For how long an event is remembered, 96 min 5 s to ten years.
            prefix: What the keys begin with: 1 to 64 ASCII letters, digits and ``_ . : -``.

        Raises:
            ConfigurationError: ``invalid_option``.
        """

    def lease_ms(self, lease: float | timedelta | None = None) -> int:
        """The lease in milliseconds; that of an extension, when one is given.

        Raises:
            ConfigurationError: ``invalid_option``.
        """

    @property
    def remember_ms(self) -> int:
        """For how long an event is remembered, in milliseconds."""

    @property
    def open_key(self) -> str:
        """The name under which Redis lists the claims that are not done."""

@final
class ClaimRequest:
    """What a store is asked for an event."""

    @property
    def key(self) -> str:
        """The key under which the store keeps the claim."""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the raw body, in hex: what tells the event from another one with its id."""

    @property
    def event_type(self) -> str:
        """The type, for whoever looks at the store."""

    @property
    def retry(self) -> bool:
        """Whether somebody asked for this event by its key: then it is claimed even if it is parked."""

# What follows serves the modules of the package.

@final
class Routes:
    def __new__(cls) -> Routes: ...
    def on(self, pattern: str, number: int) -> None: ...
    def route(self, event_type: str) -> int | None: ...

@final
class Receiver:
    def __new__(
        cls,
        verifier: WebhookVerifier,
        router: WebhookRouter,
        store: Store | None,
        limited: Callable[..., Any] | None,
    ) -> Receiver: ...
    @property
    def is_async(self) -> bool: ...
    def body_limit(self, content_length: str | bytes | int | None, endless: bool) -> int: ...
    def arrived(
        self,
        payload: object,
        signature: str | bytes | None,
        content_length: str | bytes | int | None = None,
        transfer_encoding: str | bytes | None = None,
        end: str = "reached",
        started: float | None = None,
    ) -> Delivery: ...
    def method_not_allowed(self, started: float | None) -> Delivery: ...
    def retry(self, key: str) -> Delivery: ...

@final
class Delivery:
    @property
    def ask(self) -> str | None: ...
    @property
    def blocks(self) -> bool: ...
    @property
    def request(self) -> ClaimRequest | None: ...
    @property
    def has_blocking_handler(self) -> bool: ...
    def make(self) -> Any: ...
    def done(self, result: object) -> None: ...
    def failed(self, error: BaseException) -> BaseException | None: ...
    def log(self, logger: Logger, cause: BaseException | None) -> None: ...
    def answer(self) -> tuple[int, dict[str, str], bytes] | None: ...
    def result(self) -> tuple[str, int, str | None, str | None, int | None, float, int]: ...

@final
class SqlProgram:
    def __new__(
        cls,
        work: str,
        now: int,
        limit: int,
        retry: bool = False,
        batch: int = 1,
        pause: int = 0,
        note: bool = False,
    ) -> SqlProgram: ...
    def then(self, work: str, now: int, limit: int) -> None: ...
    @property
    def ask(self) -> tuple[str, Any] | None: ...
    def done(
        self, result: tuple[int, str | None, int | None, int] | tuple[str, bool] | None, now: int
    ) -> None: ...
    def failed(self, kind: str, codes: list[str], message: str, now: int) -> tuple[str, str]: ...
    @property
    def fault(self) -> tuple[str, str] | None: ...
    @property
    def reply(self) -> Any: ...

@final
class RedisProgram:
    def __new__(cls, step: str, now: int, limit: int) -> RedisProgram: ...
    @property
    def ask(self) -> tuple[str, Any] | None: ...
    def done(self, result: tuple[str | None, int | None] | None, now: int) -> None: ...
    def failed(self, kind: str, codes: list[str], message: str, now: int) -> tuple[str, str]: ...
    @property
    def fault(self) -> tuple[str, str] | None: ...
    @property
    def reply(self) -> Any: ...

@final
class MemoryClaims:
    def __new__(cls, capacity: int) -> MemoryClaims: ...
    def claim(
        self,
        now: int,
        policy: ClaimPolicy,
        request: ClaimRequest,
        token: str,
        delivery: tuple[bytes, str] | None = None,
    ) -> tuple[str, int] | None: ...
    def extend(self, now: int, key: str, token: str, lease_ms: int) -> bool: ...
    def complete(self, now: int, policy: ClaimPolicy, key: str, token: str) -> bool: ...
    def release(self, now: int, policy: ClaimPolicy, key: str, token: str, error: str) -> bool: ...
    def take(
        self, now: int, policy: ClaimPolicy, key: str, ticket: str, token: str, lease_ms: int
    ) -> tuple[str, int]: ...
    def discard(self, now: int, policy: ClaimPolicy, key: str) -> bool: ...
    def dead_letters(
        self, now: int, limit: int
    ) -> list[tuple[str, str, str, int, str | None, int]]: ...
    def delivery(self, now: int, key: str) -> tuple[bytes, str] | None: ...
    def __len__(self) -> int: ...

def handler_error(kind: str) -> str: ...
def require_seconds(name: str, value: object, hint: str) -> None: ...
def releases_late(word: str, number: int) -> bool: ...
def redis_scripts() -> list[tuple[str, str, list[str]]]: ...
def sql_definition(dialect: str, table: str) -> str: ...
def sql_statements(
    dialect: str, placeholders: str, table: str
) -> list[tuple[str, str, list[str]]]: ...
def sample_event(event_type: str) -> str | None: ...
