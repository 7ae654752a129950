// Made by `make generate` from core/contract/events.toml: edit that file, not this one.

use alloc::borrow::Cow;

use super::content::{Content, Metadata, object, text, texts};
use crate::json::Value;
use crate::verify::Event;

/// An event by its type, from [`Event::typed`].
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum TypedEvent<'e> {
    /// `payment.created`: a payment was created and is not paid yet.
    PaymentCreated(PaymentCreated<'e>),
    /// `payment.succeeded`: a payment succeeded.
    PaymentSucceeded(PaymentSucceeded<'e>),
    /// `payment.failed`: a payment failed and no money moved.
    PaymentFailed(PaymentFailed<'e>),
    /// `payment.refunded`: a payment was refunded, in full or in part.
    PaymentRefunded(PaymentRefunded<'e>),
    /// `transfer.created`: a transfer between two wallets was initiated.
    TransferCreated(TransferCreated<'e>),
    /// `transfer.completed`: a transfer completed.
    TransferCompleted(TransferCompleted<'e>),
    /// `transfer.failed`: a transfer failed and no money moved.
    TransferFailed(TransferFailed<'e>),
    /// `wallet.created`: a wallet was opened.
    WalletCreated(WalletCreated<'e>),
    /// `wallet.balance_updated`: the balance of a wallet changed.
    WalletBalanceUpdated(WalletBalanceUpdated<'e>),
    /// `wallet.frozen`: a wallet was frozen: no money can move in or out.
    WalletFrozen(WalletFrozen<'e>),
    /// `user.created`: a user signed up.
    UserCreated(UserCreated<'e>),
    /// `user.kyc_submitted`: a user submitted identity documents.
    UserKycSubmitted(UserKycSubmitted<'e>),
    /// `user.kyc_verified`: a user's identity was verified.
    UserKycVerified(UserKycVerified<'e>),
    /// `user.kyc_rejected`: a user's identity could not be verified.
    UserKycRejected(UserKycRejected<'e>),
    /// `fraud.alert_created`: suspicious activity was detected.
    FraudAlertCreated(FraudAlertCreated<'e>),
    /// `fraud.transaction_blocked`: a transaction was blocked before money moved.
    FraudTransactionBlocked(FraudTransactionBlocked<'e>),
    /// Any other type: the list is open.
    Unknown(&'e Event<'e>),
}

impl Event<'_> {
    /// The event by its type: a typed view for each of the documented ones.
    #[must_use]
    pub fn typed(&self) -> TypedEvent<'_> {
        match self.event_type() {
            "payment.created" => TypedEvent::PaymentCreated(PaymentCreated(Content::of(self))),
            "payment.succeeded" => TypedEvent::PaymentSucceeded(PaymentSucceeded(Content::of(self))),
            "payment.failed" => TypedEvent::PaymentFailed(PaymentFailed(Content::of(self))),
            "payment.refunded" => TypedEvent::PaymentRefunded(PaymentRefunded(Content::of(self))),
            "transfer.created" => TypedEvent::TransferCreated(TransferCreated(Content::of(self))),
            "transfer.completed" => TypedEvent::TransferCompleted(TransferCompleted(Content::of(self))),
            "transfer.failed" => TypedEvent::TransferFailed(TransferFailed(Content::of(self))),
            "wallet.created" => TypedEvent::WalletCreated(WalletCreated(Content::of(self))),
            "wallet.balance_updated" => TypedEvent::WalletBalanceUpdated(WalletBalanceUpdated(Content::of(self))),
            "wallet.frozen" => TypedEvent::WalletFrozen(WalletFrozen(Content::of(self))),
            "user.created" => TypedEvent::UserCreated(UserCreated(Content::of(self))),
            "user.kyc_submitted" => TypedEvent::UserKycSubmitted(UserKycSubmitted(Content::of(self))),
            "user.kyc_verified" => TypedEvent::UserKycVerified(UserKycVerified(Content::of(self))),
            "user.kyc_rejected" => TypedEvent::UserKycRejected(UserKycRejected(Content::of(self))),
            "fraud.alert_created" => TypedEvent::FraudAlertCreated(FraudAlertCreated(Content::of(self))),
            "fraud.transaction_blocked" => TypedEvent::FraudTransactionBlocked(FraudTransactionBlocked(Content::of(self))),
            _ => TypedEvent::Unknown(self),
        }
    }
}

/// The data of a `payment.created` event. A payment was created and is not paid yet.
#[derive(Debug, Clone, Copy)]
pub struct PaymentCreated<'e>(Content<'e>);

impl<'e> PaymentCreated<'e> {
    /// `id`: The payment.
    #[must_use]
    pub fn id(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "id")
    }

    /// `amount`: The amount due. A decimal string.
    #[must_use]
    pub fn amount(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "amount")
    }

    /// `currency`: The currency of the amount. An ISO 4217 code.
    #[must_use]
    pub fn currency(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "currency")
    }

    /// `status`: The state of the payment. One of `pending`, `succeeded`, `failed`, or a new one.
    #[must_use]
    pub fn status(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "status")
    }

    /// `customer`: Who pays.
    #[must_use]
    pub fn customer(self) -> Option<Customer<'e>> {
        object(self.0.data, "customer").map(Customer)
    }

    /// `metadata`: What you attached to the payment.
    #[must_use]
    pub fn metadata(self) -> Option<Metadata<'e>> {
        object(self.0.data, "metadata").map(Metadata)
    }

    /// The data before the event, as far as the event includes it.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        self.0.previous().map(Self)
    }

    /// All of the data, including undocumented fields.
    #[must_use]
    pub fn as_value(self) -> Value<'e> {
        self.0.data
    }
}

/// The data of a `payment.succeeded` event. A payment succeeded.
#[derive(Debug, Clone, Copy)]
pub struct PaymentSucceeded<'e>(Content<'e>);

impl<'e> PaymentSucceeded<'e> {
    /// `id`: The payment.
    #[must_use]
    pub fn id(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "id")
    }

    /// `amount`: The amount paid. A decimal string.
    #[must_use]
    pub fn amount(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "amount")
    }

    /// `currency`: The currency of the amount. An ISO 4217 code.
    #[must_use]
    pub fn currency(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "currency")
    }

    /// `status`: The state of the payment. One of `pending`, `succeeded`, `failed`, or a new one.
    #[must_use]
    pub fn status(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "status")
    }

    /// `paidAt`: When it was paid. An RFC 3339 date-time.
    #[must_use]
    pub fn paid_at(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "paidAt")
    }

    /// `customer`: Who paid.
    #[must_use]
    pub fn customer(self) -> Option<Customer<'e>> {
        object(self.0.data, "customer").map(Customer)
    }

    /// `metadata`: What you attached to the payment.
    #[must_use]
    pub fn metadata(self) -> Option<Metadata<'e>> {
        object(self.0.data, "metadata").map(Metadata)
    }

    /// The data before the event, as far as the event includes it.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        self.0.previous().map(Self)
    }

    /// All of the data, including undocumented fields.
    #[must_use]
    pub fn as_value(self) -> Value<'e> {
        self.0.data
    }
}

/// The data of a `payment.failed` event. A payment failed and no money moved.
#[derive(Debug, Clone, Copy)]
pub struct PaymentFailed<'e>(Content<'e>);

impl<'e> PaymentFailed<'e> {
    /// `id`: The payment.
    #[must_use]
    pub fn id(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "id")
    }

    /// `amount`: The amount that was due. A decimal string.
    #[must_use]
    pub fn amount(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "amount")
    }

    /// `currency`: The currency of the amount. An ISO 4217 code.
    #[must_use]
    pub fn currency(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "currency")
    }

    /// `status`: The state of the payment. One of `pending`, `succeeded`, `failed`, or a new one.
    #[must_use]
    pub fn status(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "status")
    }

    /// `failureCode`: Why it failed, for programs. Such as `card_declined`.
    #[must_use]
    pub fn failure_code(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "failureCode")
    }

    /// `failureMessage`: Why it failed, for people.
    #[must_use]
    pub fn failure_message(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "failureMessage")
    }

    /// `customer`: Who was supposed to pay.
    #[must_use]
    pub fn customer(self) -> Option<Customer<'e>> {
        object(self.0.data, "customer").map(Customer)
    }

    /// `metadata`: What you attached to the payment.
    #[must_use]
    pub fn metadata(self) -> Option<Metadata<'e>> {
        object(self.0.data, "metadata").map(Metadata)
    }

    /// The data before the event, as far as the event includes it.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        self.0.previous().map(Self)
    }

    /// All of the data, including undocumented fields.
    #[must_use]
    pub fn as_value(self) -> Value<'e> {
        self.0.data
    }
}

/// The data of a `payment.refunded` event. A payment was refunded, in full or in part.
#[derive(Debug, Clone, Copy)]
pub struct PaymentRefunded<'e>(Content<'e>);

impl<'e> PaymentRefunded<'e> {
    /// `id`: The payment.
    #[must_use]
    pub fn id(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "id")
    }

    /// `refundId`: The refund.
    #[must_use]
    pub fn refund_id(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "refundId")
    }

    /// `refundAmount`: The refunded amount, in the payment's currency. A decimal string.
    #[must_use]
    pub fn refund_amount(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "refundAmount")
    }

    /// `reason`: Why it was refunded. Such as `requested_by_customer`.
    #[must_use]
    pub fn reason(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "reason")
    }

    /// `customer`: Who received the refund.
    #[must_use]
    pub fn customer(self) -> Option<Customer<'e>> {
        object(self.0.data, "customer").map(Customer)
    }

    /// `metadata`: What you attached to the payment.
    #[must_use]
    pub fn metadata(self) -> Option<Metadata<'e>> {
        object(self.0.data, "metadata").map(Metadata)
    }

    /// The data before the event, as far as the event includes it.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        self.0.previous().map(Self)
    }

    /// All of the data, including undocumented fields.
    #[must_use]
    pub fn as_value(self) -> Value<'e> {
        self.0.data
    }
}

/// The data of a `transfer.created` event. A transfer between two wallets was initiated.
#[derive(Debug, Clone, Copy)]
pub struct TransferCreated<'e>(Content<'e>);

impl<'e> TransferCreated<'e> {
    /// `id`: The transfer.
    #[must_use]
    pub fn id(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "id")
    }

    /// `fromWalletId`: The sending wallet.
    #[must_use]
    pub fn from_wallet_id(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "fromWalletId")
    }

    /// `toWalletId`: The receiving wallet.
    #[must_use]
    pub fn to_wallet_id(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "toWalletId")
    }

    /// `amount`: The amount sent. A decimal string.
    #[must_use]
    pub fn amount(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "amount")
    }

    /// `currency`: The currency of the amount. An ISO 4217 code.
    #[must_use]
    pub fn currency(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "currency")
    }

    /// `status`: The state of the transfer. One of `pending`, `completed`, `failed`, or a new one.
    #[must_use]
    pub fn status(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "status")
    }

    /// The data before the event, as far as the event includes it.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        self.0.previous().map(Self)
    }

    /// All of the data, including undocumented fields.
    #[must_use]
    pub fn as_value(self) -> Value<'e> {
        self.0.data
    }
}

/// The data of a `transfer.completed` event. A transfer completed.
#[derive(Debug, Clone, Copy)]
pub struct TransferCompleted<'e>(Content<'e>);

impl<'e> TransferCompleted<'e> {
    /// `id`: The transfer.
    #[must_use]
    pub fn id(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "id")
    }

    /// `status`: The state of the transfer. One of `pending`, `completed`, `failed`, or a new one.
    #[must_use]
    pub fn status(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "status")
    }

    /// `completedAt`: When it completed. An RFC 3339 date-time.
    #[must_use]
    pub fn completed_at(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "completedAt")
    }

    /// The data before the event, as far as the event includes it.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        self.0.previous().map(Self)
    }

    /// All of the data, including undocumented fields.
    #[must_use]
    pub fn as_value(self) -> Value<'e> {
        self.0.data
    }
}

/// The data of a `transfer.failed` event. A transfer failed and no money moved.
#[derive(Debug, Clone, Copy)]
pub struct TransferFailed<'e>(Content<'e>);

impl<'e> TransferFailed<'e> {
    /// `id`: The transfer.
    #[must_use]
    pub fn id(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "id")
    }

    /// `status`: The state of the transfer. One of `pending`, `completed`, `failed`, or a new one.
    #[must_use]
    pub fn status(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "status")
    }

    /// `failureReason`: Why it failed. Such as `insufficient_funds`.
    #[must_use]
    pub fn failure_reason(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "failureReason")
    }

    /// The data before the event, as far as the event includes it.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        self.0.previous().map(Self)
    }

    /// All of the data, including undocumented fields.
    #[must_use]
    pub fn as_value(self) -> Value<'e> {
        self.0.data
    }
}

/// The data of a `wallet.created` event. A wallet was opened.
#[derive(Debug, Clone, Copy)]
pub struct WalletCreated<'e>(Content<'e>);

impl<'e> WalletCreated<'e> {
    /// `id`: The wallet.
    #[must_use]
    pub fn id(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "id")
    }

    /// `userId`: Whose wallet it is.
    #[must_use]
    pub fn user_id(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "userId")
    }

    /// `currency`: The currency of the balance. An ISO 4217 code.
    #[must_use]
    pub fn currency(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "currency")
    }

    /// `balance`: The balance. A decimal string.
    #[must_use]
    pub fn balance(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "balance")
    }

    /// The data before the event, as far as the event includes it.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        self.0.previous().map(Self)
    }

    /// All of the data, including undocumented fields.
    #[must_use]
    pub fn as_value(self) -> Value<'e> {
        self.0.data
    }
}

/// The data of a `wallet.balance_updated` event. The balance of a wallet changed.
#[derive(Debug, Clone, Copy)]
pub struct WalletBalanceUpdated<'e>(Content<'e>);

impl<'e> WalletBalanceUpdated<'e> {
    /// `id`: The wallet.
    #[must_use]
    pub fn id(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "id")
    }

    /// `balance`: The new balance. A decimal string.
    #[must_use]
    pub fn balance(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "balance")
    }

    /// `previousBalance`: The previous balance. A decimal string.
    #[must_use]
    pub fn previous_balance(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "previousBalance")
    }

    /// `change`: The difference, with its sign. A decimal string.
    #[must_use]
    pub fn change(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "change")
    }

    /// The data before the event, as far as the event includes it.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        self.0.previous().map(Self)
    }

    /// All of the data, including undocumented fields.
    #[must_use]
    pub fn as_value(self) -> Value<'e> {
        self.0.data
    }
}

/// The data of a `wallet.frozen` event. A wallet was frozen: no money can move in or out.
#[derive(Debug, Clone, Copy)]
pub struct WalletFrozen<'e>(Content<'e>);

impl<'e> WalletFrozen<'e> {
    /// `id`: The wallet.
    #[must_use]
    pub fn id(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "id")
    }

    /// `reason`: Why it was frozen. Such as `suspicious_activity`.
    #[must_use]
    pub fn reason(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "reason")
    }

    /// `frozenAt`: When it was frozen. An RFC 3339 date-time.
    #[must_use]
    pub fn frozen_at(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "frozenAt")
    }

    /// The data before the event, as far as the event includes it.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        self.0.previous().map(Self)
    }

    /// All of the data, including undocumented fields.
    #[must_use]
    pub fn as_value(self) -> Value<'e> {
        self.0.data
    }
}

/// The data of a `user.created` event. A user signed up.
#[derive(Debug, Clone, Copy)]
pub struct UserCreated<'e>(Content<'e>);

impl<'e> UserCreated<'e> {
    /// `id`: The user.
    #[must_use]
    pub fn id(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "id")
    }

    /// `email`: The user's address.
    #[must_use]
    pub fn email(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "email")
    }

    /// `name`: The full name.
    #[must_use]
    pub fn name(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "name")
    }

    /// `country`: Where the user lives. An ISO 3166-1 alpha-2 code.
    #[must_use]
    pub fn country(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "country")
    }

    /// The data before the event, as far as the event includes it.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        self.0.previous().map(Self)
    }

    /// All of the data, including undocumented fields.
    #[must_use]
    pub fn as_value(self) -> Value<'e> {
        self.0.data
    }
}

/// The data of a `user.kyc_submitted` event. A user submitted identity documents.
#[derive(Debug, Clone, Copy)]
pub struct UserKycSubmitted<'e>(Content<'e>);

impl<'e> UserKycSubmitted<'e> {
    /// `userId`: The user.
    #[must_use]
    pub fn user_id(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "userId")
    }

    /// `submittedAt`: When they were submitted. An RFC 3339 date-time.
    #[must_use]
    pub fn submitted_at(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "submittedAt")
    }

    /// The data before the event, as far as the event includes it.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        self.0.previous().map(Self)
    }

    /// All of the data, including undocumented fields.
    #[must_use]
    pub fn as_value(self) -> Value<'e> {
        self.0.data
    }
}

/// The data of a `user.kyc_verified` event. A user's identity was verified.
#[derive(Debug, Clone, Copy)]
pub struct UserKycVerified<'e>(Content<'e>);

impl<'e> UserKycVerified<'e> {
    /// `userId`: The user.
    #[must_use]
    pub fn user_id(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "userId")
    }

    /// `tier`: The user's verification tier. Such as `VERIFIED`.
    #[must_use]
    pub fn tier(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "tier")
    }

    /// `verifiedAt`: When it was verified. An RFC 3339 date-time.
    #[must_use]
    pub fn verified_at(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "verifiedAt")
    }

    /// `userEmail`: The user's address.
    #[must_use]
    pub fn user_email(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "userEmail")
    }

    /// The data before the event, as far as the event includes it.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        self.0.previous().map(Self)
    }

    /// All of the data, including undocumented fields.
    #[must_use]
    pub fn as_value(self) -> Value<'e> {
        self.0.data
    }
}

/// The data of a `user.kyc_rejected` event. A user's identity could not be verified.
#[derive(Debug, Clone, Copy)]
pub struct UserKycRejected<'e>(Content<'e>);

impl<'e> UserKycRejected<'e> {
    /// `userId`: The user.
    #[must_use]
    pub fn user_id(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "userId")
    }

    /// `reason`: Why it was rejected. Such as `document_expired`.
    #[must_use]
    pub fn reason(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "reason")
    }

    /// `requiredActions`: What the user must do, such as `resubmit_identity`.
    #[must_use]
    pub fn required_actions(self) -> Option<impl Iterator<Item = Cow<'e, str>> + use<'e>> {
        texts(self.0.data, "requiredActions")
    }

    /// The data before the event, as far as the event includes it.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        self.0.previous().map(Self)
    }

    /// All of the data, including undocumented fields.
    #[must_use]
    pub fn as_value(self) -> Value<'e> {
        self.0.data
    }
}

/// The data of a `fraud.alert_created` event. Suspicious activity was detected.
#[derive(Debug, Clone, Copy)]
pub struct FraudAlertCreated<'e>(Content<'e>);

impl<'e> FraudAlertCreated<'e> {
    /// `alertId`: The alert.
    #[must_use]
    pub fn alert_id(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "alertId")
    }

    /// `userId`: Whose activity it was.
    #[must_use]
    pub fn user_id(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "userId")
    }

    /// `type`: What was detected. Such as `unusual_transaction_pattern`.
    #[must_use]
    pub fn r#type(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "type")
    }

    /// `severity`: How severe it is. Such as `high`.
    #[must_use]
    pub fn severity(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "severity")
    }

    /// `description`: What was detected, for people.
    #[must_use]
    pub fn description(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "description")
    }

    /// The data before the event, as far as the event includes it.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        self.0.previous().map(Self)
    }

    /// All of the data, including undocumented fields.
    #[must_use]
    pub fn as_value(self) -> Value<'e> {
        self.0.data
    }
}

/// The data of a `fraud.transaction_blocked` event. A transaction was blocked before money moved.
#[derive(Debug, Clone, Copy)]
pub struct FraudTransactionBlocked<'e>(Content<'e>);

impl<'e> FraudTransactionBlocked<'e> {
    /// `transactionId`: The transaction.
    #[must_use]
    pub fn transaction_id(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "transactionId")
    }

    /// `reason`: Why it was blocked. Such as `exceeds_velocity_limits`.
    #[must_use]
    pub fn reason(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "reason")
    }

    /// `userId`: Whose transaction it was.
    #[must_use]
    pub fn user_id(self) -> Option<Cow<'e, str>> {
        text(self.0.data, "userId")
    }

    /// The data before the event, as far as the event includes it.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        self.0.previous().map(Self)
    }

    /// All of the data, including undocumented fields.
    #[must_use]
    pub fn as_value(self) -> Value<'e> {
        self.0.data
    }
}

/// Who pays.
#[derive(Debug, Clone, Copy)]
pub struct Customer<'e>(Value<'e>);

impl<'e> Customer<'e> {
    /// `email`: The customer's email address.
    #[must_use]
    pub fn email(self) -> Option<Cow<'e, str>> {
        text(self.0, "email")
    }

    /// `name`: The full name.
    #[must_use]
    pub fn name(self) -> Option<Cow<'e, str>> {
        text(self.0, "name")
    }

    /// The whole object, including undocumented fields.
    #[must_use]
    pub fn as_value(self) -> Value<'e> {
        self.0
    }
}
