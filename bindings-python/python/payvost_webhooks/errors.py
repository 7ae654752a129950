"""Errors: why a webhook was rejected.

All errors derive from :class:`WebhookError`, and therefore from :class:`ValueError`. Their text is safe to return to
the sender: it contains no part of the secret, the computed signature or the payload.
"""

from __future__ import annotations

from typing import Optional

__all__ = [
    "ApiError",
    "ConfigurationError",
    "EventRejectedError",
    "InvalidPayloadError",
    "SignatureVerificationError",
    "WebhookError",
]


class WebhookError(ValueError):
    """A webhook was rejected, or the verifier is misconfigured."""

    code: str
    """The reason, such as ``"signature_mismatch"``. The codes are the same in all languages."""

    message: str
    """The message for the sender. The same as ``str(error)``."""

    hint: str
    """The usual cause and remedy. For your log, not for the sender."""

    offset: Optional[int]
    """With ``invalid_json``: the byte offset of the first problem in the payload."""

    pointer: Optional[str]
    """With ``invalid_event``: the missing or invalid field as a JSON Pointer. ``""`` is the payload itself."""

    def __init__(
        self,
        message: str = "",
        code: str = "",
        hint: str = "",
        offset: Optional[int] = None,
        pointer: Optional[str] = None,
    ) -> None:
        # `args` holds only the message. The other attributes are in `__dict__`, which pickle and copy include.
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.offset = offset
        self.pointer = pointer


class ConfigurationError(WebhookError):
    """The receiver is misconfigured: the sender cannot fix this. Respond with status 500.

    Codes: ``invalid_secret``, ``invalid_option``, ``payload_not_raw``.
    """


class WrongKindError(ConfigurationError, TypeError):
    """An argument of the wrong kind: ``invalid_option``."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message, "invalid_option", hint)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.message, self.hint)


class SignatureVerificationError(WebhookError):
    """The signature is missing or invalid. Respond with status 400.

    Codes: ``missing_signature``, ``malformed_signature``, ``signature_mismatch``.
    """


class InvalidPayloadError(WebhookError):
    """The payload is too large (respond with status 413), not valid JSON, or not an event (400).

    Codes: ``payload_too_large``, ``invalid_json`` with ``offset``, ``invalid_event`` with ``pointer``.
    """


class EventRejectedError(WebhookError):
    """A genuine event that your options exclude. Respond with status 400.

    Codes: ``live_mode_mismatch``, ``event_too_old``, ``event_in_future``.
    """


class ApiError(WebhookError):
    """A call of the management API failed: Payvost returned an error, or no usable response arrived.

    Codes: the provider's, such as ``validation_error``, and ``connection_failed``, ``timed_out``, ``outcome_unknown``,
    ``unreadable_answer``. ``message`` is the provider's if it sent one. It contains neither the API key nor a body.
    """

    status: Optional[int]
    """The status of the last response, or ``None`` if there was none."""

    field: Optional[str]
    """The invalid parameter, as the provider names it."""

    request_id: Optional[str]
    """The provider's id of the request, for its support."""

    retry_after: Optional[int]
    """In how many seconds the provider wants to be asked again."""

    attempts: int
    """How many requests were sent, or attempted."""

    response: object = None
    """The last response. :func:`payvost_webhooks.manage.response_of` returns it with its type."""

    cause: Optional[str]
    """With ``outcome_unknown``: the code that the error would have if the call could be repeated."""

    def __init__(
        self,
        message: str = "",
        code: str = "",
        hint: str = "",
        status: Optional[int] = None,
        field: Optional[str] = None,
        request_id: Optional[str] = None,
        retry_after: Optional[int] = None,
        attempts: int = 0,
        cause: Optional[str] = None,
    ) -> None:
        super().__init__(message, code, hint)
        self.status = status
        self.field = field
        self.request_id = request_id
        self.retry_after = retry_after
        self.attempts = attempts
        self.cause = cause
