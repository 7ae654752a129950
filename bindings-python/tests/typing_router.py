"""Handlers that a router accepts. Only type checkers read this file. They must reject the marked lines."""

from __future__ import annotations

from typing import Any, TypedDict

from payvost_webhooks import WebhookRouter
from payvost_webhooks.events import (
    FraudAlertCreatedEvent,
    PaymentCreatedEvent,
    PaymentFailedEvent,
    PaymentRefundedEvent,
    PaymentSucceededEvent,
    UnknownEvent,
    WalletFrozenEvent,
    WebhookEvent,
)
from payvost_webhooks.stores import AsyncClaim, Claim

router = WebhookRouter()


@router.on("payment.succeeded")
def paid(event: PaymentSucceededEvent) -> str:
    return event["data"]["amount"]


@router.on("payment.failed")
async def failed(event: PaymentFailedEvent, claim: AsyncClaim) -> None:
    print(event["data"]["failureCode"], await claim.extend())


@router.on("payment.created")
def created(event: WebhookEvent, claim: Claim) -> None: ...


@router.on("payment.*")
def any_payment(
    event: PaymentCreatedEvent
    | PaymentSucceededEvent
    | PaymentFailedEvent
    | PaymentRefundedEvent
    | UnknownEvent,
) -> None: ...


@router.on("wallet.*")
def any_wallet(event: WebhookEvent) -> None: ...


@router.on("user.created")
def without_names(event: dict[str, Any]) -> None: ...


class RefundCreated(TypedDict):
    """An undocumented event."""

    id: str
    data: dict[str, str]


@router.on("refund.created")
def refunded(event: RefundCreated) -> None: ...


class PayoutData(TypedDict):
    amount: str


class PayoutCreated(TypedDict):
    """An event that Payvost does not document."""

    id: str
    type: str
    data: PayoutData


def paid_out(event: PayoutCreated) -> str:
    return event["data"]["amount"]


async def paid_out_with_claim(event: PayoutCreated, claim: AsyncClaim) -> None: ...


router.on("refund.created", refunded)
router.on("payout.created", paid_out)
router.on("payout.created", paid_out_with_claim)


@router.on("dispute.created")
def disputed(event: UnknownEvent) -> None: ...


@router.on("*")
def everything(event: WebhookEvent) -> None: ...


def pattern_of(name: str) -> str:
    return f"{name}.*"


class Alerts:
    def __call__(self, event: FraudAlertCreatedEvent) -> None: ...

    def raised(self, event: FraudAlertCreatedEvent, claim: Claim) -> None: ...


router.on(pattern_of("rate"))(everything)
router.on(pattern_of("currency"), everything)
router.on("transfer.created", print)
router.on("transfer.*", everything)
router.on("report.ready", disputed)
router.on("fraud.*", without_names)
router.on("fraud.alert_created", Alerts())
router.on("fraud.alert_created", Alerts().raised)


@router.on("payment.succeeded")  # refused: an event of another type
def wrong_type(event: WalletFrozenEvent) -> None: ...


@router.on("payment.*")  # refused: not every event of the family
def wrong_family(event: PaymentSucceededEvent) -> None: ...


@router.on("*")  # refused: not every event
async def wrong_everything(event: PaymentSucceededEvent) -> None: ...


@router.on("payment.refunded")  # refused: an argument too many
def wrong_arguments(event: PaymentRefundedEvent, claim: Claim, more: int) -> None: ...


router.on("payment.refunded", wrong_type)  # refused: an event of another type
router.on("wallet.*", wrong_family)  # refused: an event of another family
router.on("payment.refunded", "handler")  # refused: not a function
router.on(7, print)  # refused: not a pattern
