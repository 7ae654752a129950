//! `payvost_type`: the documented types of events, as numbers.
// Made by `make generate` from core/contract/events.toml: edit that file, not this one.

/// The type of an event as a number, for a `switch`. The numbers never change, and new ones may be
/// added: have a `default`.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum payvost_type {
    /// Any other type: the list is open. `payvost_event_type()` has its text.
    PAYVOST_TYPE_UNKNOWN = 0,
    /// `payment.created`: a payment was created and is not paid yet.
    PAYVOST_TYPE_PAYMENT_CREATED = 1,
    /// `payment.succeeded`: a payment succeeded.
    PAYVOST_TYPE_PAYMENT_SUCCEEDED = 2,
    /// `payment.failed`: a payment failed and no money moved.
    PAYVOST_TYPE_PAYMENT_FAILED = 3,
    /// `payment.refunded`: a payment was refunded, in full or in part.
    PAYVOST_TYPE_PAYMENT_REFUNDED = 4,
    /// `transfer.created`: a transfer between two wallets was initiated.
    PAYVOST_TYPE_TRANSFER_CREATED = 5,
    /// `transfer.completed`: a transfer completed.
    PAYVOST_TYPE_TRANSFER_COMPLETED = 6,
    /// `transfer.failed`: a transfer failed and no money moved.
    PAYVOST_TYPE_TRANSFER_FAILED = 7,
    /// `wallet.created`: a wallet was opened.
    PAYVOST_TYPE_WALLET_CREATED = 8,
    /// `wallet.balance_updated`: the balance of a wallet changed.
    PAYVOST_TYPE_WALLET_BALANCE_UPDATED = 9,
    /// `wallet.frozen`: a wallet was frozen: no money can move in or out.
    PAYVOST_TYPE_WALLET_FROZEN = 10,
    /// `user.created`: a user signed up.
    PAYVOST_TYPE_USER_CREATED = 11,
    /// `user.kyc_submitted`: a user submitted identity documents.
    PAYVOST_TYPE_USER_KYC_SUBMITTED = 12,
    /// `user.kyc_verified`: a user's identity was verified.
    PAYVOST_TYPE_USER_KYC_VERIFIED = 13,
    /// `user.kyc_rejected`: a user's identity could not be verified.
    PAYVOST_TYPE_USER_KYC_REJECTED = 14,
    /// `fraud.alert_created`: suspicious activity was detected.
    PAYVOST_TYPE_FRAUD_ALERT_CREATED = 15,
    /// `fraud.transaction_blocked`: a transaction was blocked before money moved.
    PAYVOST_TYPE_FRAUD_TRANSACTION_BLOCKED = 16,
}

impl payvost_type {
    pub(crate) fn of(event_type: &str) -> Self {
        match event_type {
            "payment.created" => Self::PAYVOST_TYPE_PAYMENT_CREATED,
            "payment.succeeded" => Self::PAYVOST_TYPE_PAYMENT_SUCCEEDED,
            "payment.failed" => Self::PAYVOST_TYPE_PAYMENT_FAILED,
            "payment.refunded" => Self::PAYVOST_TYPE_PAYMENT_REFUNDED,
            "transfer.created" => Self::PAYVOST_TYPE_TRANSFER_CREATED,
            "transfer.completed" => Self::PAYVOST_TYPE_TRANSFER_COMPLETED,
            "transfer.failed" => Self::PAYVOST_TYPE_TRANSFER_FAILED,
            "wallet.created" => Self::PAYVOST_TYPE_WALLET_CREATED,
            "wallet.balance_updated" => Self::PAYVOST_TYPE_WALLET_BALANCE_UPDATED,
            "wallet.frozen" => Self::PAYVOST_TYPE_WALLET_FROZEN,
            "user.created" => Self::PAYVOST_TYPE_USER_CREATED,
            "user.kyc_submitted" => Self::PAYVOST_TYPE_USER_KYC_SUBMITTED,
            "user.kyc_verified" => Self::PAYVOST_TYPE_USER_KYC_VERIFIED,
            "user.kyc_rejected" => Self::PAYVOST_TYPE_USER_KYC_REJECTED,
            "fraud.alert_created" => Self::PAYVOST_TYPE_FRAUD_ALERT_CREATED,
            "fraud.transaction_blocked" => Self::PAYVOST_TYPE_FRAUD_TRANSACTION_BLOCKED,
            _ => Self::PAYVOST_TYPE_UNKNOWN,
        }
    }
}
