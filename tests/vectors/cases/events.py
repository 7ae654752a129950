"""The documented events, with the guide's own data, and types that it does not document."""

import json

from .common import envelope, refused, valid

ABOUT = "Whole events: the 16 types of the provider's guide, and types that it does not document."

FLAGS = {
    "Guide": "The very example of the guide's section on the structure of an event.",
    "Documented": "A type of the guide's list, with the data that the guide shows for it.",
    "LiveMode": "An event of real money.",
    "TestMode": "An event of the sandbox.",
    "PreviousData": "With the data as it was before.",
    "NoPreviousData": "Without the field previousData.",
    "UnknownType": "A type that is not in the guide's list: the list is open.",
    "Reserialised": "The guide's event, decoded and encoded again: another body.",
}

#: The guide's block "Webhook Event Structure", byte for byte.
GUIDE = """{
  "id": "evt_abc123xyz",
  "type": "payment.succeeded",
  "createdAt": "2025-11-01T10:00:00Z",
  "liveMode": true,
  "data": {
    "id": "pay_def456uvw",
    "amount": "99.99",
    "currency": "USD",
    "status": "succeeded",
    "customer": {
      "email": "customer@example.com",
      "name": "John Doe"
    },
    "metadata": {
      "orderId": "order_12345"
    }
  },
  "previousData": null
}"""

PAYMENT = {"id": "pay_abc123", "amount": "99.99", "currency": "USD"}
WALLET = {"id": "acc_abc123", "userId": "usr_xyz789", "currency": "USD"}
TRANSFER = {
    "id": "txn_abc123",
    "fromWalletId": "acc_sender",
    "toWalletId": "acc_recipient",
    "amount": "100.00",
    "currency": "USD",
}
NOON = "2025-11-01T12:00:00Z"
TEN = "2025-11-01T10:00:00Z"

#: Type, data, and the data before where the event is about a change.
DOCUMENTED = [
    ("payment.created", {**PAYMENT, "status": "pending"}, None),
    (
        "payment.succeeded",
        {**PAYMENT, "status": "succeeded", "paidAt": TEN},
        {**PAYMENT, "status": "pending"},
    ),
    (
        "payment.failed",
        {
            **PAYMENT,
            "status": "failed",
            "failureCode": "card_declined",
            "failureMessage": "Card was declined",
        },
        {**PAYMENT, "status": "pending"},
    ),
    (
        "payment.refunded",
        {
            "id": "pay_abc123",
            "refundId": "ref_xyz789",
            "refundAmount": "99.99",
            "reason": "requested_by_customer",
        },
        {**PAYMENT, "status": "succeeded"},
    ),
    ("transfer.created", {**TRANSFER, "status": "pending"}, None),
    (
        "transfer.completed",
        {"id": "txn_abc123", "status": "completed", "completedAt": TEN},
        {**TRANSFER, "status": "pending"},
    ),
    (
        "transfer.failed",
        {"id": "txn_abc123", "status": "failed", "failureReason": "insufficient_funds"},
        {**TRANSFER, "status": "pending"},
    ),
    ("wallet.created", {**WALLET, "balance": "0.00"}, None),
    (
        "wallet.balance_updated",
        {
            "id": "acc_abc123",
            "balance": "1000.00",
            "previousBalance": "950.00",
            "change": "+50.00",
        },
        {**WALLET, "balance": "950.00"},
    ),
    (
        "wallet.frozen",
        {"id": "acc_abc123", "reason": "suspicious_activity", "frozenAt": TEN},
        {**WALLET, "balance": "1000.00"},
    ),
    (
        "user.created",
        {"id": "usr_abc123", "email": "user@example.com", "name": "John Doe", "country": "US"},
        None,
    ),
    ("user.kyc_submitted", {"userId": "usr_abc123", "submittedAt": TEN}, None),
    (
        "user.kyc_verified",
        {"userId": "usr_abc123", "tier": "VERIFIED", "verifiedAt": NOON},
        {"userId": "usr_abc123", "tier": "BASIC"},
    ),
    (
        "user.kyc_rejected",
        {
            "userId": "usr_abc123",
            "reason": "document_expired",
            "requiredActions": ["resubmit_identity"],
        },
        {"userId": "usr_abc123", "tier": "BASIC"},
    ),
    (
        "fraud.alert_created",
        {
            "alertId": "alert_abc123",
            "userId": "usr_xyz789",
            "type": "unusual_transaction_pattern",
            "severity": "high",
            "description": "Multiple large transactions in short period",
        },
        None,
    ),
    (
        "fraud.transaction_blocked",
        {
            "transactionId": "txn_abc123",
            "reason": "exceeds_velocity_limits",
            "userId": "usr_xyz789",
        },
        None,
    ),
]

UNKNOWN = [
    "wallet.transaction_created",
    "transfer.refunded",
    "user.suspicious_activity",
    "refund.created",
    "dispute.created",
    "rate.updated",
    "report.ready",
    "currency.added",
    "payment.succeeded.v2",
    "payment.",
    ".created",
    "payment",
    "payment.*",
    "*",
    "Payment.Succeeded",
    "payment.succeeded ",
    "__proto__",
    "toString",
]


def event(number, name, live, data, previous):
    """The event as compact JSON, as a provider's encoder would send it."""
    fields = {
        "id": f"evt_{number:08x}{name.replace('.', '')[:6]}",
        "type": name,
        "createdAt": f"2025-11-01T10:00:{number:02}.{number:03}Z",
        "liveMode": live,
        "data": data,
        "previousData": previous,
    }
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def documented():
    for number, (name, data, previous) in enumerate(DOCUMENTED, 1):
        flags = "PreviousData " if previous else ""
        for mode, live in [("live", True), ("test", False)]:
            yield valid(
                f"{name}, {mode}",
                f"Documented {flags}{mode.capitalize()}Mode",
                event(number, name, live, data, previous),
            )


def without_previous_data():
    for name, data, _ in DOCUMENTED:
        payload = envelope(type=json.dumps(name), data=json.dumps(data, indent=2))
        yield valid(
            f"{name}, pretty-printed, without previousData", "Documented NoPreviousData", payload
        )


CASES = [
    valid("the guide's example", "Guide Documented LiveMode", GUIDE),
    valid("the guide's example with CR LF", "Documented LiveMode", GUIDE.replace("\n", "\r\n")),
    valid("the guide's example and a line end", "Documented LiveMode", GUIDE + "\n"),
    refused(
        "the guide's example encoded again, under its old signature",
        "Reserialised",
        json.dumps(json.loads(GUIDE)),
        "signature_mismatch",
        signature=valid("", "", GUIDE)["signature"],
    ),
    *documented(),
    *without_previous_data(),
    *(
        valid(f"the unknown type {name!r}", "UnknownType", envelope(type=json.dumps(name)))
        for name in UNKNOWN
    ),
]
