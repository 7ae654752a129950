"""The types of the management API, for type checkers: at run time they are plain ``dict``s."""

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
    """A note for people."""
    metadata: Optional[dict[str, str]]
    """Names and values of your own."""
    createdAt: str
    """When it was created."""
    updatedAt: str
    """When it was last changed."""


class Webhook(_WebhookOptional):
    """A webhook: where Payvost delivers which events."""

    id: str
    """Names the webhook."""
    url: str
    """Where Payvost delivers the events."""
    events: list[str]
    """The event types that are delivered."""
    enabled: bool
    """Whether events are delivered."""


class _CreatedWebhookOptional(TypedDict, total=False):
    description: Optional[str]
    """A note for people."""
    metadata: Optional[dict[str, str]]
    """Names and values of your own."""
    createdAt: str
    """When it was created."""
    updatedAt: str
    """When it was last changed."""


class CreatedWebhook(_CreatedWebhookOptional):
    """A webhook that was just created, with its secret."""

    id: str
    """Names the webhook."""
    url: str
    """Where Payvost delivers the events."""
    events: list[str]
    """The event types that are delivered."""
    enabled: bool
    """Whether events are delivered."""
    secret: str
    """The secret of its signatures. No other answer shows it again."""


class _RotatedSecretOptional(TypedDict, total=False):
    id: str
    """The webhook."""


class RotatedSecret(_RotatedSecretOptional):
    """The new secret of a webhook."""

    secret: str
    """The new secret. No other answer shows it again."""


class _DeliveryAttemptEventOptional(TypedDict, total=False):
    id: str
    """Names the event."""


class DeliveryAttemptEvent(_DeliveryAttemptEventOptional):
    """The event of a delivery."""

    type: str
    """The type of the event."""


class SandboxClock(TypedDict, total=False):
    """The clock of a sandbox."""

    now: str
    """The sandbox's present moment."""


class _DeliveryAttemptOptional(TypedDict, total=False):
    id: str
    """Names the attempt."""
    webhookId: str
    """The webhook."""
    attempt: int
    """Which attempt it was, from 1."""
    responseCode: Optional[int]
    """The status code of the response."""
    responseBody: Optional[str]
    """The start of the body of the response."""
    error: Optional[str]
    """Why no response came."""
    durationMs: Optional[int]
    """How long it took, in milliseconds."""
    attemptedAt: Optional[str]
    """When it began."""
    nextAttemptAt: Optional[str]
    """When the next attempt is due."""


class DeliveryAttempt(_DeliveryAttemptOptional):
    """An attempt to deliver an event."""

    event: DeliveryAttemptEvent
    """The event."""
    status: str
    """What became of it."""


class _WebhooksCreateParamsOptional(TypedDict, total=False):
    description: str
    """A note for people."""
    metadata: Mapping[str, str]
    """Names and values of your own."""


class WebhooksCreateParams(_WebhooksCreateParamsOptional):
    """The parameters of ``webhooks.create``."""

    url: str
    """Where Payvost delivers the events. HTTPS in production."""
    events: Sequence[str]
    """The event types to deliver: types, families such as ``payment.*``, or ``*``."""


class WebhooksListParams(TypedDict, total=False):
    """The parameters of ``webhooks.list``."""

    limit: int
    """How many webhooks a page holds."""
    offset: int
    """How many webhooks to skip."""


class WebhooksUpdateParams(TypedDict, total=False):
    """The parameters of ``webhooks.update``."""

    url: str
    """Where Payvost delivers the events. HTTPS in production."""
    events: Sequence[str]
    """The event types to deliver: types, families such as ``payment.*``, or ``*``."""
    enabled: bool
    """Whether Payvost delivers events to it."""
    description: Optional[str]
    """A note for people. Null removes it."""
    metadata: Optional[Mapping[str, str]]
    """Names and values of your own. Null removes them."""


class WebhooksTestParams(TypedDict):
    """The parameters of ``webhooks.test``."""

    event_type: str
    """The type of the test event."""


class WebhooksGetLogsParams(TypedDict, total=False):
    """The parameters of ``webhooks.get_logs``."""

    limit: int
    """How many deliveries a page holds."""
    offset: int
    """How many deliveries to skip."""
    status: Literal["failed", "succeeded", "pending"]
    """Only deliveries in this state."""


class _TestingTriggerWebhookParamsOptional(TypedDict, total=False):
    data: Mapping[str, Any]
    """The event's data. Without it the documented sample."""


class TestingTriggerWebhookParams(_TestingTriggerWebhookParamsOptional):
    """The parameters of ``testing.trigger_webhook``."""

    event_type: str
    """The type of the event."""


class TestingAdvanceTimeParams(TypedDict, total=False):
    """The parameters of ``testing.advance_time``."""

    hours: int
    """How many hours."""
    minutes: int
    """How many minutes."""
    seconds: int
    """How many seconds."""
