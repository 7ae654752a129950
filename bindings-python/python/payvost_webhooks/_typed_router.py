"""The types of ``WebhookRouter.on``: which events a handler must accept for a pattern."""

# Made by `make generate` from core/contract/events.toml: edit that file, not this one.
# fmt: off
# ruff: noqa: E501

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Literal, TypedDict, TypeVar, Union, overload

__all__ = ["Handler", "TypedRouter"]

Handler = Union[Callable[[Any], object], Callable[[Any, Any], object]]
"""A function that takes an event. If it requires a second argument, it also gets the claim. It may be ``async``."""

_Handler = TypeVar("_Handler", bound=Handler)

if TYPE_CHECKING:
    from payvost_webhooks import events

    _Event = TypeVar("_Event")
    _HandlerOf = Union[
        Callable[[_Event], object],
        Callable[[_Event, Any], object],
        # A handler may also call the event a dict, without naming its fields.
        Callable[[dict[str, Any]], object],
        Callable[[dict[str, Any], Any], object],
    ]
    _AnyPaymentEvent = Union[
        events.PaymentCreatedEvent,
        events.PaymentSucceededEvent,
        events.PaymentFailedEvent,
        events.PaymentRefundedEvent,
        events.UnknownEvent,
    ]
    _AnyTransferEvent = Union[
        events.TransferCreatedEvent,
        events.TransferCompletedEvent,
        events.TransferFailedEvent,
        events.UnknownEvent,
    ]
    _AnyWalletEvent = Union[
        events.WalletCreatedEvent,
        events.WalletBalanceUpdatedEvent,
        events.WalletFrozenEvent,
        events.UnknownEvent,
    ]
    _AnyUserEvent = Union[
        events.UserCreatedEvent,
        events.UserKycSubmittedEvent,
        events.UserKycVerifiedEvent,
        events.UserKycRejectedEvent,
        events.UnknownEvent,
    ]
    _AnyFraudEvent = Union[
        events.FraudAlertCreatedEvent,
        events.FraudTransactionBlockedEvent,
        events.UnknownEvent,
    ]
    _PaymentCreated = TypeVar("_PaymentCreated", bound="_HandlerOf[events.PaymentCreatedEvent]")
    _PaymentSucceeded = TypeVar("_PaymentSucceeded", bound="_HandlerOf[events.PaymentSucceededEvent]")
    _PaymentFailed = TypeVar("_PaymentFailed", bound="_HandlerOf[events.PaymentFailedEvent]")
    _PaymentRefunded = TypeVar("_PaymentRefunded", bound="_HandlerOf[events.PaymentRefundedEvent]")
    _TransferCreated = TypeVar("_TransferCreated", bound="_HandlerOf[events.TransferCreatedEvent]")
    _TransferCompleted = TypeVar("_TransferCompleted", bound="_HandlerOf[events.TransferCompletedEvent]")
    _TransferFailed = TypeVar("_TransferFailed", bound="_HandlerOf[events.TransferFailedEvent]")
    _WalletCreated = TypeVar("_WalletCreated", bound="_HandlerOf[events.WalletCreatedEvent]")
    _WalletBalanceUpdated = TypeVar("_WalletBalanceUpdated", bound="_HandlerOf[events.WalletBalanceUpdatedEvent]")
    _WalletFrozen = TypeVar("_WalletFrozen", bound="_HandlerOf[events.WalletFrozenEvent]")
    _UserCreated = TypeVar("_UserCreated", bound="_HandlerOf[events.UserCreatedEvent]")
    _UserKycSubmitted = TypeVar("_UserKycSubmitted", bound="_HandlerOf[events.UserKycSubmittedEvent]")
    _UserKycVerified = TypeVar("_UserKycVerified", bound="_HandlerOf[events.UserKycVerifiedEvent]")
    _UserKycRejected = TypeVar("_UserKycRejected", bound="_HandlerOf[events.UserKycRejectedEvent]")
    _FraudAlertCreated = TypeVar("_FraudAlertCreated", bound="_HandlerOf[events.FraudAlertCreatedEvent]")
    _FraudTransactionBlocked = TypeVar("_FraudTransactionBlocked", bound="_HandlerOf[events.FraudTransactionBlockedEvent]")
    _AnyPayment = TypeVar("_AnyPayment", bound="_HandlerOf[_AnyPaymentEvent]")
    _AnyTransfer = TypeVar("_AnyTransfer", bound="_HandlerOf[_AnyTransferEvent]")
    _AnyWallet = TypeVar("_AnyWallet", bound="_HandlerOf[_AnyWalletEvent]")
    _AnyUser = TypeVar("_AnyUser", bound="_HandlerOf[_AnyUserEvent]")
    _AnyFraud = TypeVar("_AnyFraud", bound="_HandlerOf[_AnyFraudEvent]")
    _Any = TypeVar("_Any", bound="_HandlerOf[events.WebhookEvent]")
    _Other = TypeVar("_Other", bound="_HandlerOf[events.UnknownEvent]")
    _Result = TypeVar("_Result")

    class _Own(TypedDict):
        """An event with fields of your own. A documented event is not one: its ``type`` is a literal."""

        type: str

    _OwnEvent = TypeVar("_OwnEvent", bound=_Own)


class TypedRouter:
    """What type checkers know about a router."""

    @overload
    def on(  # type: ignore[overload-overlap]
        self, pattern: Literal["payment.created"], handler: _PaymentCreated
    ) -> _PaymentCreated: ...

    @overload
    def on(  # type: ignore[overload-overlap]
        self, pattern: Literal["payment.succeeded"], handler: _PaymentSucceeded
    ) -> _PaymentSucceeded: ...

    @overload
    def on(  # type: ignore[overload-overlap]
        self, pattern: Literal["payment.failed"], handler: _PaymentFailed
    ) -> _PaymentFailed: ...

    @overload
    def on(  # type: ignore[overload-overlap]
        self, pattern: Literal["payment.refunded"], handler: _PaymentRefunded
    ) -> _PaymentRefunded: ...

    @overload
    def on(  # type: ignore[overload-overlap]
        self, pattern: Literal["transfer.created"], handler: _TransferCreated
    ) -> _TransferCreated: ...

    @overload
    def on(  # type: ignore[overload-overlap]
        self, pattern: Literal["transfer.completed"], handler: _TransferCompleted
    ) -> _TransferCompleted: ...

    @overload
    def on(  # type: ignore[overload-overlap]
        self, pattern: Literal["transfer.failed"], handler: _TransferFailed
    ) -> _TransferFailed: ...

    @overload
    def on(  # type: ignore[overload-overlap]
        self, pattern: Literal["wallet.created"], handler: _WalletCreated
    ) -> _WalletCreated: ...

    @overload
    def on(  # type: ignore[overload-overlap]
        self, pattern: Literal["wallet.balance_updated"], handler: _WalletBalanceUpdated
    ) -> _WalletBalanceUpdated: ...

    @overload
    def on(  # type: ignore[overload-overlap]
        self, pattern: Literal["wallet.frozen"], handler: _WalletFrozen
    ) -> _WalletFrozen: ...

    @overload
    def on(  # type: ignore[overload-overlap]
        self, pattern: Literal["user.created"], handler: _UserCreated
    ) -> _UserCreated: ...

    @overload
    def on(  # type: ignore[overload-overlap]
        self, pattern: Literal["user.kyc_submitted"], handler: _UserKycSubmitted
    ) -> _UserKycSubmitted: ...

    @overload
    def on(  # type: ignore[overload-overlap]
        self, pattern: Literal["user.kyc_verified"], handler: _UserKycVerified
    ) -> _UserKycVerified: ...

    @overload
    def on(  # type: ignore[overload-overlap]
        self, pattern: Literal["user.kyc_rejected"], handler: _UserKycRejected
    ) -> _UserKycRejected: ...

    @overload
    def on(  # type: ignore[overload-overlap]
        self, pattern: Literal["fraud.alert_created"], handler: _FraudAlertCreated
    ) -> _FraudAlertCreated: ...

    @overload
    def on(  # type: ignore[overload-overlap]
        self, pattern: Literal["fraud.transaction_blocked"], handler: _FraudTransactionBlocked
    ) -> _FraudTransactionBlocked: ...

    @overload
    def on(
        self, pattern: Literal["payment.*"], handler: _AnyPayment
    ) -> _AnyPayment: ...

    @overload
    def on(
        self, pattern: Literal["transfer.*"], handler: _AnyTransfer
    ) -> _AnyTransfer: ...

    @overload
    def on(
        self, pattern: Literal["wallet.*"], handler: _AnyWallet
    ) -> _AnyWallet: ...

    @overload
    def on(
        self, pattern: Literal["user.*"], handler: _AnyUser
    ) -> _AnyUser: ...

    @overload
    def on(
        self, pattern: Literal["fraud.*"], handler: _AnyFraud
    ) -> _AnyFraud: ...

    @overload
    def on(self, pattern: Literal["*"], handler: _Any) -> _Any: ...

    @overload
    def on(self, pattern: str, handler: _Other) -> _Other: ...

    @overload
    def on(
        self, pattern: str, handler: Callable[[_OwnEvent], _Result]
    ) -> Callable[[_OwnEvent], _Result]: ...

    @overload
    def on(
        self, pattern: str, handler: Callable[[_OwnEvent, Any], _Result]
    ) -> Callable[[_OwnEvent, Any], _Result]: ...

    @overload
    def on(
        self, pattern: Literal["payment.created"], handler: None = None
    ) -> Callable[[_PaymentCreated], _PaymentCreated]: ...

    @overload
    def on(
        self, pattern: Literal["payment.succeeded"], handler: None = None
    ) -> Callable[[_PaymentSucceeded], _PaymentSucceeded]: ...

    @overload
    def on(
        self, pattern: Literal["payment.failed"], handler: None = None
    ) -> Callable[[_PaymentFailed], _PaymentFailed]: ...

    @overload
    def on(
        self, pattern: Literal["payment.refunded"], handler: None = None
    ) -> Callable[[_PaymentRefunded], _PaymentRefunded]: ...

    @overload
    def on(
        self, pattern: Literal["transfer.created"], handler: None = None
    ) -> Callable[[_TransferCreated], _TransferCreated]: ...

    @overload
    def on(
        self, pattern: Literal["transfer.completed"], handler: None = None
    ) -> Callable[[_TransferCompleted], _TransferCompleted]: ...

    @overload
    def on(
        self, pattern: Literal["transfer.failed"], handler: None = None
    ) -> Callable[[_TransferFailed], _TransferFailed]: ...

    @overload
    def on(
        self, pattern: Literal["wallet.created"], handler: None = None
    ) -> Callable[[_WalletCreated], _WalletCreated]: ...

    @overload
    def on(
        self, pattern: Literal["wallet.balance_updated"], handler: None = None
    ) -> Callable[[_WalletBalanceUpdated], _WalletBalanceUpdated]: ...

    @overload
    def on(
        self, pattern: Literal["wallet.frozen"], handler: None = None
    ) -> Callable[[_WalletFrozen], _WalletFrozen]: ...

    @overload
    def on(
        self, pattern: Literal["user.created"], handler: None = None
    ) -> Callable[[_UserCreated], _UserCreated]: ...

    @overload
    def on(
        self, pattern: Literal["user.kyc_submitted"], handler: None = None
    ) -> Callable[[_UserKycSubmitted], _UserKycSubmitted]: ...

    @overload
    def on(
        self, pattern: Literal["user.kyc_verified"], handler: None = None
    ) -> Callable[[_UserKycVerified], _UserKycVerified]: ...

    @overload
    def on(
        self, pattern: Literal["user.kyc_rejected"], handler: None = None
    ) -> Callable[[_UserKycRejected], _UserKycRejected]: ...

    @overload
    def on(
        self, pattern: Literal["fraud.alert_created"], handler: None = None
    ) -> Callable[[_FraudAlertCreated], _FraudAlertCreated]: ...

    @overload
    def on(
        self, pattern: Literal["fraud.transaction_blocked"], handler: None = None
    ) -> Callable[[_FraudTransactionBlocked], _FraudTransactionBlocked]: ...

    @overload
    def on(
        self, pattern: Literal["payment.*"], handler: None = None
    ) -> Callable[[_AnyPayment], _AnyPayment]: ...

    @overload
    def on(
        self, pattern: Literal["transfer.*"], handler: None = None
    ) -> Callable[[_AnyTransfer], _AnyTransfer]: ...

    @overload
    def on(
        self, pattern: Literal["wallet.*"], handler: None = None
    ) -> Callable[[_AnyWallet], _AnyWallet]: ...

    @overload
    def on(
        self, pattern: Literal["user.*"], handler: None = None
    ) -> Callable[[_AnyUser], _AnyUser]: ...

    @overload
    def on(
        self, pattern: Literal["fraud.*"], handler: None = None
    ) -> Callable[[_AnyFraud], _AnyFraud]: ...

    @overload
    def on(self, pattern: Literal["*"], handler: None = None) -> Callable[[_Any], _Any]: ...

    @overload
    def on(self, pattern: str, handler: None = None) -> Callable[[_Handler], _Handler]: ...

    def on(self, pattern: str, handler: Any = None) -> Any:
        """Register a handler and return it. Without a handler, return a decorator.

        Raises:
            ConfigurationError: ``invalid_option``: the pattern already has a handler, or cannot match any event type.
            TypeError: ``handler`` is not callable, or is a generator function (also a ``ConfigurationError``).
        """
        if handler is None:
            return lambda handler: self._register(pattern, handler)
        return self._register(pattern, handler)

    def _register(self, pattern: str, handler: Any) -> Any:
        raise NotImplementedError
