"""Event types. Only type checkers read this file. They must reject the marked lines."""

from __future__ import annotations

from payvost_webhooks import verify_webhook
from payvost_webhooks.events import (
    PaymentSucceededData,
    PaymentSucceededEvent,
    UnknownEvent,
    UserKycSubmittedEvent,
    UserKycVerifiedData,
    WalletFrozenEvent,
    WebhookEvent,
)


def handle_webhook_event(event: WebhookEvent) -> None:
    """The "Complete Event Handler" of the provider's guide, with types."""
    print(f"Received event: {event['type']} {event['id']}")

    if event["type"] == "payment.created":
        print(event["data"]["amount"], event["data"]["status"])
    elif event["type"] == "payment.succeeded":
        handle_payment_succeeded(event["data"])
    elif event["type"] == "payment.failed":
        print(event["data"]["failureCode"], event["data"]["failureMessage"])
    elif event["type"] == "payment.refunded":
        print(event["data"]["refundId"], event["data"]["refundAmount"])
    elif event["type"] == "transfer.created":
        print(event["data"]["fromWalletId"], event["data"]["toWalletId"])
    elif event["type"] == "transfer.completed":
        print(event["data"]["completedAt"])
    elif event["type"] == "transfer.failed":
        print(event["data"]["failureReason"])
    elif event["type"] == "wallet.created":
        print(event["data"]["userId"], event["data"]["balance"])
    elif event["type"] == "wallet.balance_updated":
        before = event.get("previousData")
        print(event["data"]["change"], before and before.get("balance"))
    elif event["type"] == "wallet.frozen":
        print(event["data"]["frozenAt"])
    elif event["type"] == "user.created":
        print(event["data"]["email"], event["data"]["country"])
    elif event["type"] == "user.kyc_submitted":
        print(event["data"]["submittedAt"])
    elif event["type"] == "user.kyc_verified":
        handle_kyc_verified(event["data"])
    elif event["type"] == "user.kyc_rejected":
        print(", ".join(event["data"]["requiredActions"]))
    elif event["type"] == "fraud.alert_created":
        print(event["data"]["severity"], event["data"]["type"])
    elif event["type"] == "fraud.transaction_blocked":
        print(event["data"]["transactionId"])
    else:
        print(f"Unhandled event type: {event['type']}")


def handle_two(event: PaymentSucceededEvent | WalletFrozenEvent | UnknownEvent) -> None:
    """After the documented types, only other types remain."""
    if event["type"] == "payment.succeeded":
        paid: PaymentSucceededEvent = event
        print(paid["data"]["amount"])
    elif event["type"] == "wallet.frozen":
        frozen: WalletFrozenEvent = event
        print(frozen["data"]["frozenAt"])
    else:
        other: UnknownEvent = event
        if str(other["type"]) == "report.ready":
            print(other["data"]["url"])


def handle_payment_succeeded(payment: PaymentSucceededData) -> None:
    metadata = payment.get("metadata", {})
    update_order_status(metadata["orderId"], "paid")
    if "customer" in payment:
        send_email(payment["customer"]["email"], {"amount": payment["amount"]})


def handle_kyc_verified(kyc: UserKycVerifiedData) -> None:
    email: str | None = kyc.get("userEmail")
    if email:
        send_email(email, {"tier": kyc["tier"]})


def update_order_status(order_id: str, status: str) -> None: ...


def send_email(to: str, values: dict[str, str]) -> None: ...


def wrong(body: bytes, header: str) -> None:
    event = verify_webhook(body, header, "whsec")
    print(event["data"]["amount"])  # refused: not every event has an amount
    if event["type"] == "payment.suceeded":  # refused: a misspelled type
        print()
    if event["type"] == "payment.succeeded":
        print(event["data"]["amonut"])  # refused: a misspelled field
        print(event["data"]["failureCode"])  # refused: a field of another type of event
        print(event["dat"])  # refused: a misspelled field of the envelope
        print(event["data"]["amount"] * 2.0)  # refused: money is text
    submitted: UserKycSubmittedEvent = {
        "id": "evt_1",
        "type": "user.kyc_submitted",
        "createdAt": "2025-11-01T10:00:00Z",
        "liveMode": False,
        "data": {"userId": "usr_1", "submittedAt": "2025-11-01T10:00:00Z"},
    }
    submitted["data"] = {"userId": "usr_1"}  # refused: a field is missing
