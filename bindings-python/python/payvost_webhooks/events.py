"""The types of the events, for type checkers: at run time an event is a plain ``dict``.

A checker knows what ``event["data"]`` is once ``event["type"]`` was compared with a text:

    def handle(event: WebhookEvent) -> None:
        if event["type"] == "payment.succeeded":
            print(event["data"]["amount"])  # a PaymentSucceededData

Compare ``event["type"]`` itself, in an ``if`` or as the subject of a ``match``: from a copy of it in
a variable a checker learns nothing about ``event``.
"""

# Made by `make generate` from core/contract/events.toml: edit that file, not this one.

import sys
from typing import TYPE_CHECKING, Any, Literal, Optional, Union

if TYPE_CHECKING or sys.version_info >= (3, 12):
    from typing import TypedDict
else:
    try:  # Before Python 3.12, pydantic accepts no other TypedDict.
        from typing_extensions import TypedDict
    except ImportError:
        from typing import TypedDict

if TYPE_CHECKING:
    # Checkers distinguish the members of a union by literals only. This one equals no documented type.
    _AnyOtherType = Literal["<any other type>"]
else:
    _AnyOtherType = str

__all__ = [
    "Customer",
    "FraudAlertCreatedData",
    "FraudAlertCreatedEvent",
    "FraudTransactionBlockedData",
    "FraudTransactionBlockedEvent",
    "KnownEventType",
    "PaymentCreatedData",
    "PaymentCreatedEvent",
    "PaymentFailedData",
    "PaymentFailedEvent",
    "PaymentRefundedData",
    "PaymentRefundedEvent",
    "PaymentSucceededData",
    "PaymentSucceededEvent",
    "TransferCompletedData",
    "TransferCompletedEvent",
    "TransferCreatedData",
    "TransferCreatedEvent",
    "TransferFailedData",
    "TransferFailedEvent",
    "UnknownEvent",
    "UserCreatedData",
    "UserCreatedEvent",
    "UserKycRejectedData",
    "UserKycRejectedEvent",
    "UserKycSubmittedData",
    "UserKycSubmittedEvent",
    "UserKycVerifiedData",
    "UserKycVerifiedEvent",
    "WalletBalanceUpdatedData",
    "WalletBalanceUpdatedEvent",
    "WalletCreatedData",
    "WalletCreatedEvent",
    "WalletFrozenData",
    "WalletFrozenEvent",
    "WebhookEvent",
]

KnownEventType = Union[
    Literal["payment.created"],
    Literal["payment.succeeded"],
    Literal["payment.failed"],
    Literal["payment.refunded"],
    Literal["transfer.created"],
    Literal["transfer.completed"],
    Literal["transfer.failed"],
    Literal["wallet.created"],
    Literal["wallet.balance_updated"],
    Literal["wallet.frozen"],
    Literal["user.created"],
    Literal["user.kyc_submitted"],
    Literal["user.kyc_verified"],
    Literal["user.kyc_rejected"],
    Literal["fraud.alert_created"],
    Literal["fraud.transaction_blocked"],
]
"""A documented type."""


class _Envelope(TypedDict):
    """The fields of every event."""

    id: str
    """The event's id, the same in every delivery: remember it to act once."""
    createdAt: str
    """When it happened, as an RFC 3339 date-time. Retries keep it."""
    liveMode: bool
    """Whether real money is meant."""


class Customer(TypedDict):
    """Who pays."""

    email: str
    """The customer's email address."""
    name: str
    """The full name."""


class _PaymentCreatedDataOptional(TypedDict, total=False):
    customer: Customer
    """Who pays."""
    metadata: dict[str, str]
    """What you attached to the payment."""


class PaymentCreatedData(_PaymentCreatedDataOptional):
    """The data of a ``payment.created`` event."""

    id: str
    """The payment."""
    amount: str
    """The amount due. A decimal string."""
    currency: str
    """The currency of the amount. An ISO 4217 code."""
    status: str
    """The state of the payment. One of ``pending``, ``succeeded``, ``failed``, or a new one."""


class _PaymentCreatedDataBefore(TypedDict, total=False):
    id: str
    amount: str
    currency: str
    status: str
    customer: Customer
    metadata: dict[str, str]


class _PaymentCreatedPrevious(TypedDict, total=False):
    previousData: Optional[_PaymentCreatedDataBefore]


class PaymentCreatedEvent(_Envelope, _PaymentCreatedPrevious):
    """``payment.created``: A payment was created and is not paid yet."""

    type: Literal["payment.created"]
    data: PaymentCreatedData


class _PaymentSucceededDataOptional(TypedDict, total=False):
    paidAt: str
    """When it was paid. An RFC 3339 date-time."""
    customer: Customer
    """Who paid."""
    metadata: dict[str, str]
    """What you attached to the payment."""


class PaymentSucceededData(_PaymentSucceededDataOptional):
    """The data of a ``payment.succeeded`` event."""

    id: str
    """The payment."""
    amount: str
    """The amount paid. A decimal string."""
    currency: str
    """The currency of the amount. An ISO 4217 code."""
    status: str
    """The state of the payment. One of ``pending``, ``succeeded``, ``failed``, or a new one."""


class _PaymentSucceededDataBefore(TypedDict, total=False):
    id: str
    amount: str
    currency: str
    status: str
    paidAt: str
    customer: Customer
    metadata: dict[str, str]


class _PaymentSucceededPrevious(TypedDict, total=False):
    previousData: Optional[_PaymentSucceededDataBefore]


class PaymentSucceededEvent(_Envelope, _PaymentSucceededPrevious):
    """``payment.succeeded``: A payment succeeded."""

    type: Literal["payment.succeeded"]
    data: PaymentSucceededData


class _PaymentFailedDataOptional(TypedDict, total=False):
    customer: Customer
    """Who was supposed to pay."""
    metadata: dict[str, str]
    """What you attached to the payment."""


class PaymentFailedData(_PaymentFailedDataOptional):
    """The data of a ``payment.failed`` event."""

    id: str
    """The payment."""
    amount: str
    """The amount that was due. A decimal string."""
    currency: str
    """The currency of the amount. An ISO 4217 code."""
    status: str
    """The state of the payment. One of ``pending``, ``succeeded``, ``failed``, or a new one."""
    failureCode: str
    """Why it failed, for programs. Such as ``card_declined``."""
    failureMessage: str
    """Why it failed, for people."""


class _PaymentFailedDataBefore(TypedDict, total=False):
    id: str
    amount: str
    currency: str
    status: str
    failureCode: str
    failureMessage: str
    customer: Customer
    metadata: dict[str, str]


class _PaymentFailedPrevious(TypedDict, total=False):
    previousData: Optional[_PaymentFailedDataBefore]


class PaymentFailedEvent(_Envelope, _PaymentFailedPrevious):
    """``payment.failed``: A payment failed and no money moved."""

    type: Literal["payment.failed"]
    data: PaymentFailedData


class _PaymentRefundedDataOptional(TypedDict, total=False):
    customer: Customer
    """Who received the refund."""
    metadata: dict[str, str]
    """What you attached to the payment."""


class PaymentRefundedData(_PaymentRefundedDataOptional):
    """The data of a ``payment.refunded`` event."""

    id: str
    """The payment."""
    refundId: str
    """The refund."""
    refundAmount: str
    """The refunded amount, in the payment's currency. A decimal string."""
    reason: str
    """Why it was refunded. Such as ``requested_by_customer``."""


class _PaymentRefundedDataBefore(TypedDict, total=False):
    id: str
    refundId: str
    refundAmount: str
    reason: str
    customer: Customer
    metadata: dict[str, str]


class _PaymentRefundedPrevious(TypedDict, total=False):
    previousData: Optional[_PaymentRefundedDataBefore]


class PaymentRefundedEvent(_Envelope, _PaymentRefundedPrevious):
    """``payment.refunded``: A payment was refunded, in full or in part."""

    type: Literal["payment.refunded"]
    data: PaymentRefundedData


class TransferCreatedData(TypedDict):
    """The data of a ``transfer.created`` event."""

    id: str
    """The transfer."""
    fromWalletId: str
    """The sending wallet."""
    toWalletId: str
    """The receiving wallet."""
    amount: str
    """The amount sent. A decimal string."""
    currency: str
    """The currency of the amount. An ISO 4217 code."""
    status: str
    """The state of the transfer. One of ``pending``, ``completed``, ``failed``, or a new one."""


class _TransferCreatedDataBefore(TypedDict, total=False):
    id: str
    fromWalletId: str
    toWalletId: str
    amount: str
    currency: str
    status: str


class _TransferCreatedPrevious(TypedDict, total=False):
    previousData: Optional[_TransferCreatedDataBefore]


class TransferCreatedEvent(_Envelope, _TransferCreatedPrevious):
    """``transfer.created``: A transfer between two wallets was initiated."""

    type: Literal["transfer.created"]
    data: TransferCreatedData


class TransferCompletedData(TypedDict):
    """The data of a ``transfer.completed`` event."""

    id: str
    """The transfer."""
    status: str
    """The state of the transfer. One of ``pending``, ``completed``, ``failed``, or a new one."""
    completedAt: str
    """When it completed. An RFC 3339 date-time."""


class _TransferCompletedDataBefore(TypedDict, total=False):
    id: str
    status: str
    completedAt: str


class _TransferCompletedPrevious(TypedDict, total=False):
    previousData: Optional[_TransferCompletedDataBefore]


class TransferCompletedEvent(_Envelope, _TransferCompletedPrevious):
    """``transfer.completed``: A transfer completed."""

    type: Literal["transfer.completed"]
    data: TransferCompletedData


class TransferFailedData(TypedDict):
    """The data of a ``transfer.failed`` event."""

    id: str
    """The transfer."""
    status: str
    """The state of the transfer. One of ``pending``, ``completed``, ``failed``, or a new one."""
    failureReason: str
    """Why it failed. Such as ``insufficient_funds``."""


class _TransferFailedDataBefore(TypedDict, total=False):
    id: str
    status: str
    failureReason: str


class _TransferFailedPrevious(TypedDict, total=False):
    previousData: Optional[_TransferFailedDataBefore]


class TransferFailedEvent(_Envelope, _TransferFailedPrevious):
    """``transfer.failed``: A transfer failed and no money moved."""

    type: Literal["transfer.failed"]
    data: TransferFailedData


class WalletCreatedData(TypedDict):
    """The data of a ``wallet.created`` event."""

    id: str
    """The wallet."""
    userId: str
    """Whose wallet it is."""
    currency: str
    """The currency of the balance. An ISO 4217 code."""
    balance: str
    """The balance. A decimal string."""


class _WalletCreatedDataBefore(TypedDict, total=False):
    id: str
    userId: str
    currency: str
    balance: str


class _WalletCreatedPrevious(TypedDict, total=False):
    previousData: Optional[_WalletCreatedDataBefore]


class WalletCreatedEvent(_Envelope, _WalletCreatedPrevious):
    """``wallet.created``: A wallet was opened."""

    type: Literal["wallet.created"]
    data: WalletCreatedData


class WalletBalanceUpdatedData(TypedDict):
    """The data of a ``wallet.balance_updated`` event."""

    id: str
    """The wallet."""
    balance: str
    """The new balance. A decimal string."""
    previousBalance: str
    """The previous balance. A decimal string."""
    change: str
    """The difference, with its sign. A decimal string."""


class _WalletBalanceUpdatedDataBefore(TypedDict, total=False):
    id: str
    balance: str
    previousBalance: str
    change: str


class _WalletBalanceUpdatedPrevious(TypedDict, total=False):
    previousData: Optional[_WalletBalanceUpdatedDataBefore]


class WalletBalanceUpdatedEvent(_Envelope, _WalletBalanceUpdatedPrevious):
    """``wallet.balance_updated``: The balance of a wallet changed."""

    type: Literal["wallet.balance_updated"]
    data: WalletBalanceUpdatedData


class WalletFrozenData(TypedDict):
    """The data of a ``wallet.frozen`` event."""

    id: str
    """The wallet."""
    reason: str
    """Why it was frozen. Such as ``suspicious_activity``."""
    frozenAt: str
    """When it was frozen. An RFC 3339 date-time."""


class _WalletFrozenDataBefore(TypedDict, total=False):
    id: str
    reason: str
    frozenAt: str


class _WalletFrozenPrevious(TypedDict, total=False):
    previousData: Optional[_WalletFrozenDataBefore]


class WalletFrozenEvent(_Envelope, _WalletFrozenPrevious):
    """``wallet.frozen``: A wallet was frozen: no money can move in or out."""

    type: Literal["wallet.frozen"]
    data: WalletFrozenData


class UserCreatedData(TypedDict):
    """The data of a ``user.created`` event."""

    id: str
    """The user."""
    email: str
    """The user's address."""
    name: str
    """The full name."""
    country: str
    """Where the user lives. An ISO 3166-1 alpha-2 code."""


class _UserCreatedDataBefore(TypedDict, total=False):
    id: str
    email: str
    name: str
    country: str


class _UserCreatedPrevious(TypedDict, total=False):
    previousData: Optional[_UserCreatedDataBefore]


class UserCreatedEvent(_Envelope, _UserCreatedPrevious):
    """``user.created``: A user signed up."""

    type: Literal["user.created"]
    data: UserCreatedData


class UserKycSubmittedData(TypedDict):
    """The data of a ``user.kyc_submitted`` event."""

    userId: str
    """The user."""
    submittedAt: str
    """When they were submitted. An RFC 3339 date-time."""


class _UserKycSubmittedDataBefore(TypedDict, total=False):
    userId: str
    submittedAt: str


class _UserKycSubmittedPrevious(TypedDict, total=False):
    previousData: Optional[_UserKycSubmittedDataBefore]


class UserKycSubmittedEvent(_Envelope, _UserKycSubmittedPrevious):
    """``user.kyc_submitted``: A user submitted identity documents."""

    type: Literal["user.kyc_submitted"]
    data: UserKycSubmittedData


class _UserKycVerifiedDataOptional(TypedDict, total=False):
    userEmail: str
    """The user's address."""


class UserKycVerifiedData(_UserKycVerifiedDataOptional):
    """The data of a ``user.kyc_verified`` event."""

    userId: str
    """The user."""
    tier: str
    """The user's verification tier. Such as ``VERIFIED``."""
    verifiedAt: str
    """When it was verified. An RFC 3339 date-time."""


class _UserKycVerifiedDataBefore(TypedDict, total=False):
    userId: str
    tier: str
    verifiedAt: str
    userEmail: str


class _UserKycVerifiedPrevious(TypedDict, total=False):
    previousData: Optional[_UserKycVerifiedDataBefore]


class UserKycVerifiedEvent(_Envelope, _UserKycVerifiedPrevious):
    """``user.kyc_verified``: A user's identity was verified."""

    type: Literal["user.kyc_verified"]
    data: UserKycVerifiedData


class UserKycRejectedData(TypedDict):
    """The data of a ``user.kyc_rejected`` event."""

    userId: str
    """The user."""
    reason: str
    """Why it was rejected. Such as ``document_expired``."""
    requiredActions: list[str]
    """What the user must do, such as ``resubmit_identity``."""


class _UserKycRejectedDataBefore(TypedDict, total=False):
    userId: str
    reason: str
    requiredActions: list[str]


class _UserKycRejectedPrevious(TypedDict, total=False):
    previousData: Optional[_UserKycRejectedDataBefore]


class UserKycRejectedEvent(_Envelope, _UserKycRejectedPrevious):
    """``user.kyc_rejected``: A user's identity could not be verified."""

    type: Literal["user.kyc_rejected"]
    data: UserKycRejectedData


class FraudAlertCreatedData(TypedDict):
    """The data of a ``fraud.alert_created`` event."""

    alertId: str
    """The alert."""
    userId: str
    """Whose activity it was."""
    type: str
    """What was detected. Such as ``unusual_transaction_pattern``."""
    severity: str
    """How severe it is. Such as ``high``."""
    description: str
    """What was detected, for people."""


class _FraudAlertCreatedDataBefore(TypedDict, total=False):
    alertId: str
    userId: str
    type: str
    severity: str
    description: str


class _FraudAlertCreatedPrevious(TypedDict, total=False):
    previousData: Optional[_FraudAlertCreatedDataBefore]


class FraudAlertCreatedEvent(_Envelope, _FraudAlertCreatedPrevious):
    """``fraud.alert_created``: Suspicious activity was detected."""

    type: Literal["fraud.alert_created"]
    data: FraudAlertCreatedData


class FraudTransactionBlockedData(TypedDict):
    """The data of a ``fraud.transaction_blocked`` event."""

    transactionId: str
    """The transaction."""
    reason: str
    """Why it was blocked. Such as ``exceeds_velocity_limits``."""
    userId: str
    """Whose transaction it was."""


class _FraudTransactionBlockedDataBefore(TypedDict, total=False):
    transactionId: str
    reason: str
    userId: str


class _FraudTransactionBlockedPrevious(TypedDict, total=False):
    previousData: Optional[_FraudTransactionBlockedDataBefore]


class FraudTransactionBlockedEvent(_Envelope, _FraudTransactionBlockedPrevious):
    """``fraud.transaction_blocked``: A transaction was blocked before money moved."""

    type: Literal["fraud.transaction_blocked"]
    data: FraudTransactionBlockedData


class _UnknownPrevious(TypedDict, total=False):
    previousData: Optional[dict[str, Any]]


class UnknownEvent(_Envelope, _UnknownPrevious):
    """An event whose type is not documented here: the list is open.

    Its ``type`` is any other string. Type checkers distinguish the members of a union by literals
    only, so to them it is a literal that equals no documented type. To compare it, convert it first:
    ``str(event["type"])``.
    """

    type: _AnyOtherType
    data: dict[str, Any]


WebhookEvent = Union[
    PaymentCreatedEvent,
    PaymentSucceededEvent,
    PaymentFailedEvent,
    PaymentRefundedEvent,
    TransferCreatedEvent,
    TransferCompletedEvent,
    TransferFailedEvent,
    WalletCreatedEvent,
    WalletBalanceUpdatedEvent,
    WalletFrozenEvent,
    UserCreatedEvent,
    UserKycSubmittedEvent,
    UserKycVerifiedEvent,
    UserKycRejectedEvent,
    FraudAlertCreatedEvent,
    FraudTransactionBlockedEvent,
    UnknownEvent,
]
"""A verified event: exactly what ``json.loads`` makes of the payload."""

if not TYPE_CHECKING:
    for _type in tuple(globals().values()):
        if hasattr(_type, "__total__"):
            _type.__pydantic_config__ = {"extra": "allow"}  # pydantic keeps unknown fields, too
