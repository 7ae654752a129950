"""Why a webhook was refused.

Every error is a :class:`WebhookError`, and so a :class:`ValueError`. Its text is safe to send back to the caller:
it holds no part of the secret, of the computed signature or of the payload.
"""

from __future__ import annotations

__all__ = [
    "ConfigurationError",
    "EventRejectedError",
    "InvalidPayloadError",
    "SignatureVerificationError",
    "WebhookError",
]


class WebhookError(ValueError):
    """A webhook, or the set-up of its verifier, was refused."""

    code: str
    """The reason: the same string in every language, such as ``"signature_mismatch"``."""

    message: str
    """What to tell the caller. The same as ``str(error)``."""

    hint: str
    """What usually causes this and what to do about it. For the log, not for the caller."""

    offset: int | None
    """With ``invalid_json``: where in the payload the first problem is, in bytes from its start."""

    pointer: str | None
    """With ``invalid_event``: the field at fault as a JSON Pointer. ``""`` is the payload itself."""

    def __init__(
        self,
        message: str = "",
        code: str = "",
        hint: str = "",
        offset: int | None = None,
        pointer: str | None = None,
    ) -> None:
        # `args` holds the message alone; the rest travels in `__dict__`, which pickle and copy take along.
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.offset = offset
        self.pointer = pointer


class ConfigurationError(WebhookError):
    """The receiver is set up wrongly: nothing the sender does can help. Answer 500.

    Codes: ``invalid_secret``, ``invalid_option``, ``payload_not_raw``.
    """


class WrongKindError(ConfigurationError, TypeError):
    """An argument of a kind that cannot work: ``invalid_option``."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message, "invalid_option", hint)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.message, self.hint)


class SignatureVerificationError(WebhookError):
    """The signature does not vouch for the payload. Answer 400.

    Codes: ``missing_signature``, ``malformed_signature``, ``signature_mismatch``.
    """


class InvalidPayloadError(WebhookError):
    """The payload is too large, not JSON, or not an event. Answer 413 to the first, else 400.

    Codes: ``payload_too_large``, ``invalid_json`` with ``offset``, ``invalid_event`` with ``pointer``.
    """


class EventRejectedError(WebhookError):
    """A genuine event that the receiver asked not to get. Answer 400.

    Codes: ``live_mode_mismatch``, ``event_too_old``, ``event_in_future``.
    """
