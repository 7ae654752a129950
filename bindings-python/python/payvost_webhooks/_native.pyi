from datetime import timedelta
from logging import Logger
from typing import Any, Callable, Literal, final

from typing_extensions import TypeAlias

from payvost_webhooks.events import WebhookEvent
from payvost_webhooks.router import WebhookRouter
from payvost_webhooks.stores.base import Store

_Bytes: TypeAlias = str | bytes | bytearray | memoryview
# Lists are invariant, so each kind of list is named.
_Secrets: TypeAlias = (
    list[str] | list[bytes] | list[str | bytes] | list[_Bytes] | tuple[_Bytes, ...]
)
_Secret: TypeAlias = _Bytes | _Secrets

__all__ = [
    "ApiCall",
    "ApiClient",
    "ClaimPolicy",
    "ClaimRequest",
    "Delivery",
    "MemoryClaims",
    "Receiver",
    "RedisProgram",
    "Routes",
    "SecretAge",
    "SqlProgram",
    "WebhookVerifier",
    "__version__",
    "_is_optimized",
    "explain",
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
    """Verify one webhook and return its event, as ``json.loads(payload)`` would.

    Shorthand for ``WebhookVerifier(secret).verify(payload, signature)``.

    Raises:
        WebhookError: The error of the first check that fails. The secret is checked first.
    """

def explain(
    body: _Bytes,
    headers: list[str | bytes],
    secret: _Bytes,
    other_secrets: list[str | bytes],
    other_bodies: list[_Bytes],
) -> tuple[str, list[tuple[str, str, str]]]:
    """The verdict, and each cause as code, evidence and fix."""

def sign(payload: _Bytes, secret: _Bytes) -> str:
    """Sign a payload as Payvost does: 64 lowercase hexadecimal digits. For tests and local senders.

    Raises:
        ConfigurationError: ``invalid_secret`` or ``payload_not_raw``.
    """

@final
class WebhookVerifier:
    """Verifies webhooks with secrets and options that are checked once.

    Create one at startup and share it between threads: it is immutable. It cannot be pickled,
    because it holds secrets. Its ``repr`` does not show them.
    """

    def __new__(
        cls,
        secret: _Secret,
        *,
        tolerance: float | timedelta | None = None,
        expect_live_mode: bool | None = None,
        max_payload_bytes: int = 1048576,
        clock: Callable[[], float] | None = None,
    ) -> WebhookVerifier:
        """Create a verifier.

        Args:
            secret: The webhook secret. During rotation, a list of the old and the new secret, in any
                order. Nothing is stripped or decoded: a ``whsec_`` prefix is part of the secret.
            tolerance: How far ``createdAt`` may be in the past or future: seconds or a ``timedelta``,
                up to 100 years. ``None``: any time. Retries keep ``createdAt``, so a tolerance below
                96 min 5 s rejects genuine deliveries. To prevent replays, remember the event's ``id``.
            expect_live_mode: The ``liveMode`` to accept. ``None``: both.
            max_payload_bytes: The maximum length of a payload, checked before hashing; up to 268435455.
            clock: For tests: returns the current time as seconds since 1970, for ``tolerance``. By default the system's
                time is used. If it raises, every event is too old.

        Raises:
            ConfigurationError: ``invalid_secret`` or ``invalid_option``.
        """

    def verify(self, payload: _Bytes, signature: str | bytes | None) -> WebhookEvent:
        """Verify the signature over the raw payload, then read and check the event.

        Args:
            payload: The raw body, before it is parsed. Text is encoded as UTF-8. A ``bytearray`` or a
                ``memoryview`` (of contiguous bytes) is copied first.
            signature: The value of the ``Payvost-Signature`` header, or ``None`` if it is missing.

        Returns:
            The event, as ``json.loads(payload)`` would return it.

        Raises:
            WebhookError: The error of the first check that fails.
        """

    def verify_signature(self, payload: _Bytes, signature: str | bytes | None) -> None:
        """Verify only the signature, without parsing the payload.

        Raises:
            WebhookError: As :meth:`verify`, up to ``signature_mismatch``.
        """

    def matching_secret(self, payload: _Bytes, signature: str | bytes | None) -> int:
        """Find the secret that produced the signature, without parsing the payload.

        During rotation, this shows when the old secret is no longer used.

        Returns:
            The position in the list of secrets; ``0`` for a single secret.

        Raises:
            WebhookError: As :meth:`verify_signature`.
        """

    @property
    def max_payload_bytes(self) -> int:
        """The maximum length of a payload. Reading one byte more is enough to detect a longer one."""

    def __copy__(self) -> WebhookVerifier: ...
    def __deepcopy__(self, memo: Any) -> WebhookVerifier: ...

@final
class ClaimPolicy:
    """How long events are claimed and remembered, and under which keys. Each store has a policy."""

    def __new__(
        cls, lease: float | timedelta, remember: float | timedelta, prefix: str
    ) -> ClaimPolicy:
        """Create a policy.

        Args:
            lease: How long a claim holds, 1 s to 24 h: seconds or a ``timedelta``.
            remember: How long an event is remembered, 96 min 5 s to ten years.
            prefix: The prefix of the keys: 1 to 64 ASCII letters, digits and ``_ . -``.

        Raises:
            ConfigurationError: ``invalid_option``.
        """

    def lease_ms(self, lease: float | timedelta | None = None) -> int:
        """The lease in milliseconds: the given one, or that of the policy.

        Raises:
            ConfigurationError: ``invalid_option``.
        """

    @property
    def remember_ms(self) -> int:
        """How long an event is remembered, in milliseconds."""

    @property
    def open_key(self) -> str:
        """The key of the list of open claims in Redis."""

@final
class ClaimRequest:
    """The request to claim an event in a store."""

    @property
    def key(self) -> str:
        """The key under which the store keeps the claim."""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the raw body, in hexadecimal: distinguishes events with the same id."""

    @property
    def event_type(self) -> str:
        """The event type, for inspecting the store."""

    @property
    def retry(self) -> bool:
        """Whether this is a retry by key, which claims even a parked event."""

# The rest is internal to the package.

_is_optimized: bool

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
    @property
    def transaction(self) -> Any: ...
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
        transactions: str = "own",
        token: str = "",
        fingerprint: str = "",
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
    def __new__(
        cls, step: str, now: int, limit: int, cluster: tuple[str, str] | None = None
    ) -> RedisProgram: ...
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

@final
class ApiClient:
    def __new__(cls, api_key: object, options: bytes, host: str) -> ApiClient: ...
    def call(
        self,
        operation: str,
        parameters: bytes,
        options: bytes,
        random: bytes,
        elapsed_ms: int,
        unix_ms: int,
    ) -> ApiCall: ...
    @property
    def base_url(self) -> str: ...
    @property
    def is_live(self) -> bool: ...
    def __reduce__(self) -> Any: ...

@final
class ApiCall:
    @property
    def ask(self) -> Literal[True] | float | None: ...
    @property
    def operation(self) -> str: ...
    @property
    def route(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def attempts(self) -> int: ...
    @property
    def method(self) -> str: ...
    @property
    def url(self) -> str: ...
    def headers(self) -> list[tuple[str, str]]: ...
    @property
    def body(self) -> bytes | None: ...
    @property
    def time_limit(self) -> float | None: ...
    @property
    def max_answer_bytes(self) -> int: ...
    def answered(
        self,
        status: int,
        headers: list[tuple[str, str]],
        body: bytes,
        elapsed_ms: int,
        unix_ms: int,
        random: int,
    ) -> None: ...
    def failed(self, fault: str, elapsed_ms: int, unix_ms: int, random: int) -> None: ...
    def waited(self, elapsed_ms: int, unix_ms: int) -> None: ...
    def last_attempt(self) -> tuple[int | None, str | None, float] | None: ...
    def facts(self) -> tuple[int | None, str | None, int | None, int | None, int | None]: ...
    def result(self) -> tuple[Any, int | None]: ...
    def next_page(self) -> bytes | None: ...
    def dry_run(self) -> str: ...

@final
class SecretAge:
    def __new__(cls, now: float) -> SecretAge: ...
    def seen(self, now: float) -> None: ...
    def is_over(self, now: float) -> bool: ...
    @property
    def over_at(self) -> float: ...

def handler_error(kind: str) -> str: ...
def require_seconds(name: str, value: object, hint: str) -> None: ...
def releases_late(word: str, number: int) -> bool: ...
def redis_scripts() -> list[tuple[str, str, list[str]]]: ...
def sql_definition(dialect: str, table: str) -> str: ...
def sql_statements(
    dialect: str, placeholders: str, table: str
) -> list[tuple[str, str, list[str]]]: ...
def sample_event(event_type: str) -> str | None: ...
