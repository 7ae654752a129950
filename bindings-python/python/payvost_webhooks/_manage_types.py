"""The types of the management API, for type checkers. At run time, they are plain ``dict``s."""

# Made by `make generate` from core/contract/api.toml: edit that file, not this one.

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Optional, TypedDict

__all__ = [
    "CreatedWebhook",
    "DeliveryAttempt",
    "DeliveryAttemptEvent",
    "RotatedSecret",
    "SandboxClock",
    "TestingAdvanceTimeParams",
    "TestingTriggerWebhookParams",
    "Webhook",
    "WebhooksCreateParams",
    "WebhooksGetLogsParams",
    "WebhooksListParams",
    "WebhooksTestParams",
    "WebhooksUpdateParams",
]


class _WebhookOptional(TypedDict, total=False):
    description: Optional[str]
    """A note for your team."""
    metadata: Optional[dict[str, str]]
    """Your own names and values."""
    createdAt: str
    """When the webhook was created."""
    updatedAt: str
    """When the webhook was last changed."""


class Webhook(_WebhookOptional):
    """A webhook: a URL, and the events that Payvost delivers to it."""

    id: str
    """The id of the webhook."""
    url: str
    """Where Payvost delivers the events."""
    events: list[str]
    """The events to deliver: types, families such as ``payment.*``, or ``*`` for all."""
    enabled: bool
    """Whether Payvost delivers events to the webhook."""


class _CreatedWebhookOptional(TypedDict, total=False):
    description: Optional[str]
    """A note for your team."""
    metadata: Optional[dict[str, str]]
    """Your own names and values."""
    createdAt: str
    """When the webhook was created."""
    updatedAt: str
    """When the webhook was last changed."""


class CreatedWebhook(_CreatedWebhookOptional):
    """A new webhook, with its secret."""

    id: str
    """The id of the webhook."""
    url: str
    """Where Payvost delivers the events."""
    events: list[str]
    """The events to deliver: types, families such as ``payment.*``, or ``*`` for all."""
    enabled: bool
    """Whether Payvost delivers events to the webhook."""
    secret: str
    """The secret that signs the events. It is not shown again."""


class _RotatedSecretOptional(TypedDict, total=False):
    id: str
    """The id of the webhook."""


class RotatedSecret(_RotatedSecretOptional):
    """The new secret of a webhook."""

    secret: str
    """The new secret. It is not shown again."""


class _DeliveryAttemptEventOptional(TypedDict, total=False):
    id: str
    """The id of the event."""


class DeliveryAttemptEvent(_DeliveryAttemptEventOptional):
    """The event that was delivered."""

    type: str
    """The type of the event."""


class SandboxClock(TypedDict, total=False):
    """The clock of a sandbox."""

    now: str
    """The current time in the sandbox."""


class _DeliveryAttemptOptional(TypedDict, total=False):
    id: str
    """The id of the attempt."""
    webhookId: str
    """The id of the webhook."""
    attempt: int
    """The number of the attempt, from 1."""
    responseCode: Optional[int]
    """The status code of the response."""
    responseBody: Optional[str]
    """The start of the response body."""
    error: Optional[str]
    """Why there was no response."""
    durationMs: Optional[int]
    """The duration of the attempt, in milliseconds."""
    attemptedAt: Optional[str]
    """When the attempt began."""
    nextAttemptAt: Optional[str]
    """When the next attempt is due."""


class DeliveryAttempt(_DeliveryAttemptOptional):
    """An attempt to deliver an event."""

    event: DeliveryAttemptEvent
    """The event."""
    status: str
    """The state of the delivery."""


class _WebhooksCreateParamsOptional(TypedDict, total=False):
    description: str
    """A note for your team."""
    metadata: Mapping[str, str]
    """Your own names and values."""


class WebhooksCreateParams(_WebhooksCreateParamsOptional):
    """The parameters of ``webhooks.create``."""

    url: str
    """Where Payvost delivers the events. HTTPS in production."""
    events: Sequence[str]
    """The events to deliver: types, families such as ``payment.*``, or ``*`` for all."""


class WebhooksListParams(TypedDict, total=False):
    """The parameters of ``webhooks.list``."""

    limit: int
    """The number of webhooks per page."""
    offset: int
    """The number of webhooks to skip."""


class WebhooksUpdateParams(TypedDict, total=False):
    """The parameters of ``webhooks.update``."""

    url: str
    """Where Payvost delivers the events. HTTPS in production."""
    events: Sequence[str]
    """The events to deliver: types, families such as ``payment.*``, or ``*`` for all."""
    enabled: bool
    """Whether Payvost delivers events to the webhook."""
    description: Optional[str]
    """A note for your team. Null removes it."""
    metadata: Optional[Mapping[str, str]]
    """Your own names and values. Null removes them."""


class WebhooksTestParams(TypedDict):
    """The parameters of ``webhooks.test``."""

    event_type: str
    """The type of the test event."""


class WebhooksGetLogsParams(TypedDict, total=False):
    """The parameters of ``webhooks.get_logs``."""

    limit: int
    """The number of deliveries per page."""
    offset: int
    """The number of deliveries to skip."""
    status: Literal["failed", "succeeded", "pending"]
    """Only deliveries in this state."""


class _TestingTriggerWebhookParamsOptional(TypedDict, total=False):
    data: Mapping[str, Any]
    """The data of the event. Default: the documented sample."""


class TestingTriggerWebhookParams(_TestingTriggerWebhookParamsOptional):
    """The parameters of ``testing.trigger_webhook``."""

    event_type: str
    """The type of the event."""


class TestingAdvanceTimeParams(TypedDict, total=False):
    """The parameters of ``testing.advance_time``."""

    hours: int
    """The number of hours."""
    minutes: int
    """The number of minutes."""
    seconds: int
    """The number of seconds."""
