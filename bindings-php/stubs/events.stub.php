<?php

/*
 * Made by `make generate` from core/contract/events.toml: edit that file, not this one.
 */

namespace Payvost\Webhooks {

    /**
     * The documented types of events. The list that the provider delivers is open.
     *
     * ```php
     * match ($event['type']) {
     *     EventType::PAYMENT_SUCCEEDED => markAsPaid($event['data']['id'], $event['data']['amount']),
     *     default => null,
     * };
     * ```
     *
     * The array shapes below are for static analysers: `@phpstan-import-type WebhookEvent from EventType`, and the
     * same with
     * `@psalm-import-type`. What is in `data` is the provider's and is not checked at run time. Amounts are decimal
     * strings. The
     * type of an `UnknownEvent` is any text: the literal in its shape lets analysers distinguish the others.
     *
     * @phpstan-type Customer array{
     *     email: string,
     *     name: string,
     * }
     * @phpstan-type PaymentCreatedData array{
     *     id: string,
     *     amount: string,
     *     currency: string,
     *     status: string,
     *     customer?: Customer,
     *     metadata?: array<array-key, string>,
     * }
     * @phpstan-type PaymentCreatedDataBefore array{
     *     id?: string,
     *     amount?: string,
     *     currency?: string,
     *     status?: string,
     *     customer?: Customer,
     *     metadata?: array<array-key, string>,
     * }
     * @phpstan-type PaymentCreatedEvent array{
     *     id: non-empty-string,
     *     type: 'payment.created',
     *     createdAt: non-empty-string,
     *     liveMode: bool,
     *     data: PaymentCreatedData,
     *     previousData?: PaymentCreatedDataBefore|null,
     * }
     * @phpstan-type PaymentSucceededData array{
     *     id: string,
     *     amount: string,
     *     currency: string,
     *     status: string,
     *     paidAt?: string,
     *     customer?: Customer,
     *     metadata?: array<array-key, string>,
     * }
     * @phpstan-type PaymentSucceededDataBefore array{
     *     id?: string,
     *     amount?: string,
     *     currency?: string,
     *     status?: string,
     *     paidAt?: string,
     *     customer?: Customer,
     *     metadata?: array<array-key, string>,
     * }
     * @phpstan-type PaymentSucceededEvent array{
     *     id: non-empty-string,
     *     type: 'payment.succeeded',
     *     createdAt: non-empty-string,
     *     liveMode: bool,
     *     data: PaymentSucceededData,
     *     previousData?: PaymentSucceededDataBefore|null,
     * }
     * @phpstan-type PaymentFailedData array{
     *     id: string,
     *     amount: string,
     *     currency: string,
     *     status: string,
     *     failureCode: string,
     *     failureMessage: string,
     *     customer?: Customer,
     *     metadata?: array<array-key, string>,
     * }
     * @phpstan-type PaymentFailedDataBefore array{
     *     id?: string,
     *     amount?: string,
     *     currency?: string,
     *     status?: string,
     *     failureCode?: string,
     *     failureMessage?: string,
     *     customer?: Customer,
     *     metadata?: array<array-key, string>,
     * }
     * @phpstan-type PaymentFailedEvent array{
     *     id: non-empty-string,
     *     type: 'payment.failed',
     *     createdAt: non-empty-string,
     *     liveMode: bool,
     *     data: PaymentFailedData,
     *     previousData?: PaymentFailedDataBefore|null,
     * }
     * @phpstan-type PaymentRefundedData array{
     *     id: string,
     *     refundId: string,
     *     refundAmount: string,
     *     reason: string,
     *     customer?: Customer,
     *     metadata?: array<array-key, string>,
     * }
     * @phpstan-type PaymentRefundedDataBefore array{
     *     id?: string,
     *     refundId?: string,
     *     refundAmount?: string,
     *     reason?: string,
     *     customer?: Customer,
     *     metadata?: array<array-key, string>,
     * }
     * @phpstan-type PaymentRefundedEvent array{
     *     id: non-empty-string,
     *     type: 'payment.refunded',
     *     createdAt: non-empty-string,
     *     liveMode: bool,
     *     data: PaymentRefundedData,
     *     previousData?: PaymentRefundedDataBefore|null,
     * }
     * @phpstan-type TransferCreatedData array{
     *     id: string,
     *     fromWalletId: string,
     *     toWalletId: string,
     *     amount: string,
     *     currency: string,
     *     status: string,
     * }
     * @phpstan-type TransferCreatedDataBefore array{
     *     id?: string,
     *     fromWalletId?: string,
     *     toWalletId?: string,
     *     amount?: string,
     *     currency?: string,
     *     status?: string,
     * }
     * @phpstan-type TransferCreatedEvent array{
     *     id: non-empty-string,
     *     type: 'transfer.created',
     *     createdAt: non-empty-string,
     *     liveMode: bool,
     *     data: TransferCreatedData,
     *     previousData?: TransferCreatedDataBefore|null,
     * }
     * @phpstan-type TransferCompletedData array{
     *     id: string,
     *     status: string,
     *     completedAt: string,
     * }
     * @phpstan-type TransferCompletedDataBefore array{
     *     id?: string,
     *     status?: string,
     *     completedAt?: string,
     * }
     * @phpstan-type TransferCompletedEvent array{
     *     id: non-empty-string,
     *     type: 'transfer.completed',
     *     createdAt: non-empty-string,
     *     liveMode: bool,
     *     data: TransferCompletedData,
     *     previousData?: TransferCompletedDataBefore|null,
     * }
     * @phpstan-type TransferFailedData array{
     *     id: string,
     *     status: string,
     *     failureReason: string,
     * }
     * @phpstan-type TransferFailedDataBefore array{
     *     id?: string,
     *     status?: string,
     *     failureReason?: string,
     * }
     * @phpstan-type TransferFailedEvent array{
     *     id: non-empty-string,
     *     type: 'transfer.failed',
     *     createdAt: non-empty-string,
     *     liveMode: bool,
     *     data: TransferFailedData,
     *     previousData?: TransferFailedDataBefore|null,
     * }
     * @phpstan-type WalletCreatedData array{
     *     id: string,
     *     userId: string,
     *     currency: string,
     *     balance: string,
     * }
     * @phpstan-type WalletCreatedDataBefore array{
     *     id?: string,
     *     userId?: string,
     *     currency?: string,
     *     balance?: string,
     * }
     * @phpstan-type WalletCreatedEvent array{
     *     id: non-empty-string,
     *     type: 'wallet.created',
     *     createdAt: non-empty-string,
     *     liveMode: bool,
     *     data: WalletCreatedData,
     *     previousData?: WalletCreatedDataBefore|null,
     * }
     * @phpstan-type WalletBalanceUpdatedData array{
     *     id: string,
     *     balance: string,
     *     previousBalance: string,
     *     change: string,
     * }
     * @phpstan-type WalletBalanceUpdatedDataBefore array{
     *     id?: string,
     *     balance?: string,
     *     previousBalance?: string,
     *     change?: string,
     * }
     * @phpstan-type WalletBalanceUpdatedEvent array{
     *     id: non-empty-string,
     *     type: 'wallet.balance_updated',
     *     createdAt: non-empty-string,
     *     liveMode: bool,
     *     data: WalletBalanceUpdatedData,
     *     previousData?: WalletBalanceUpdatedDataBefore|null,
     * }
     * @phpstan-type WalletFrozenData array{
     *     id: string,
     *     reason: string,
     *     frozenAt: string,
     * }
     * @phpstan-type WalletFrozenDataBefore array{
     *     id?: string,
     *     reason?: string,
     *     frozenAt?: string,
     * }
     * @phpstan-type WalletFrozenEvent array{
     *     id: non-empty-string,
     *     type: 'wallet.frozen',
     *     createdAt: non-empty-string,
     *     liveMode: bool,
     *     data: WalletFrozenData,
     *     previousData?: WalletFrozenDataBefore|null,
     * }
     * @phpstan-type UserCreatedData array{
     *     id: string,
     *     email: string,
     *     name: string,
     *     country: string,
     * }
     * @phpstan-type UserCreatedDataBefore array{
     *     id?: string,
     *     email?: string,
     *     name?: string,
     *     country?: string,
     * }
     * @phpstan-type UserCreatedEvent array{
     *     id: non-empty-string,
     *     type: 'user.created',
     *     createdAt: non-empty-string,
     *     liveMode: bool,
     *     data: UserCreatedData,
     *     previousData?: UserCreatedDataBefore|null,
     * }
     * @phpstan-type UserKycSubmittedData array{
     *     userId: string,
     *     submittedAt: string,
     * }
     * @phpstan-type UserKycSubmittedDataBefore array{
     *     userId?: string,
     *     submittedAt?: string,
     * }
     * @phpstan-type UserKycSubmittedEvent array{
     *     id: non-empty-string,
     *     type: 'user.kyc_submitted',
     *     createdAt: non-empty-string,
     *     liveMode: bool,
     *     data: UserKycSubmittedData,
     *     previousData?: UserKycSubmittedDataBefore|null,
     * }
     * @phpstan-type UserKycVerifiedData array{
     *     userId: string,
     *     tier: string,
     *     verifiedAt: string,
     *     userEmail?: string,
     * }
     * @phpstan-type UserKycVerifiedDataBefore array{
     *     userId?: string,
     *     tier?: string,
     *     verifiedAt?: string,
     *     userEmail?: string,
     * }
     * @phpstan-type UserKycVerifiedEvent array{
     *     id: non-empty-string,
     *     type: 'user.kyc_verified',
     *     createdAt: non-empty-string,
     *     liveMode: bool,
     *     data: UserKycVerifiedData,
     *     previousData?: UserKycVerifiedDataBefore|null,
     * }
     * @phpstan-type UserKycRejectedData array{
     *     userId: string,
     *     reason: string,
     *     requiredActions: list<string>,
     * }
     * @phpstan-type UserKycRejectedDataBefore array{
     *     userId?: string,
     *     reason?: string,
     *     requiredActions?: list<string>,
     * }
     * @phpstan-type UserKycRejectedEvent array{
     *     id: non-empty-string,
     *     type: 'user.kyc_rejected',
     *     createdAt: non-empty-string,
     *     liveMode: bool,
     *     data: UserKycRejectedData,
     *     previousData?: UserKycRejectedDataBefore|null,
     * }
     * @phpstan-type FraudAlertCreatedData array{
     *     alertId: string,
     *     userId: string,
     *     type: string,
     *     severity: string,
     *     description: string,
     * }
     * @phpstan-type FraudAlertCreatedDataBefore array{
     *     alertId?: string,
     *     userId?: string,
     *     type?: string,
     *     severity?: string,
     *     description?: string,
     * }
     * @phpstan-type FraudAlertCreatedEvent array{
     *     id: non-empty-string,
     *     type: 'fraud.alert_created',
     *     createdAt: non-empty-string,
     *     liveMode: bool,
     *     data: FraudAlertCreatedData,
     *     previousData?: FraudAlertCreatedDataBefore|null,
     * }
     * @phpstan-type FraudTransactionBlockedData array{
     *     transactionId: string,
     *     reason: string,
     *     userId: string,
     * }
     * @phpstan-type FraudTransactionBlockedDataBefore array{
     *     transactionId?: string,
     *     reason?: string,
     *     userId?: string,
     * }
     * @phpstan-type FraudTransactionBlockedEvent array{
     *     id: non-empty-string,
     *     type: 'fraud.transaction_blocked',
     *     createdAt: non-empty-string,
     *     liveMode: bool,
     *     data: FraudTransactionBlockedData,
     *     previousData?: FraudTransactionBlockedDataBefore|null,
     * }
     * @phpstan-type UnknownEvent array{
     *     id: non-empty-string,
     *     type: '<any other type>',
     *     createdAt: non-empty-string,
     *     liveMode: bool,
     *     data: array<array-key, mixed>,
     *     previousData?: array<array-key, mixed>|null,
     * }
     * @phpstan-type WebhookEvent PaymentCreatedEvent|PaymentSucceededEvent|PaymentFailedEvent|PaymentRefundedEvent|TransferCreatedEvent|TransferCompletedEvent|TransferFailedEvent|WalletCreatedEvent|WalletBalanceUpdatedEvent|WalletFrozenEvent|UserCreatedEvent|UserKycSubmittedEvent|UserKycVerifiedEvent|UserKycRejectedEvent|FraudAlertCreatedEvent|FraudTransactionBlockedEvent|UnknownEvent
     */
    final class EventType
    {
        /** A payment was created and is not paid yet. */
        public const PAYMENT_CREATED = 'payment.created';

        /** A payment succeeded. */
        public const PAYMENT_SUCCEEDED = 'payment.succeeded';

        /** A payment failed and no money moved. */
        public const PAYMENT_FAILED = 'payment.failed';

        /** A payment was refunded, in full or in part. */
        public const PAYMENT_REFUNDED = 'payment.refunded';

        /** A transfer between two wallets was initiated. */
        public const TRANSFER_CREATED = 'transfer.created';

        /** A transfer completed. */
        public const TRANSFER_COMPLETED = 'transfer.completed';

        /** A transfer failed and no money moved. */
        public const TRANSFER_FAILED = 'transfer.failed';

        /** A wallet was opened. */
        public const WALLET_CREATED = 'wallet.created';

        /** The balance of a wallet changed. */
        public const WALLET_BALANCE_UPDATED = 'wallet.balance_updated';

        /** A wallet was frozen: no money can move in or out. */
        public const WALLET_FROZEN = 'wallet.frozen';

        /** A user signed up. */
        public const USER_CREATED = 'user.created';

        /** A user submitted identity documents. */
        public const USER_KYC_SUBMITTED = 'user.kyc_submitted';

        /** A user's identity was verified. */
        public const USER_KYC_VERIFIED = 'user.kyc_verified';

        /** A user's identity could not be verified. */
        public const USER_KYC_REJECTED = 'user.kyc_rejected';

        /** Suspicious activity was detected. */
        public const FRAUD_ALERT_CREATED = 'fraud.alert_created';

        /** A transaction was blocked before money moved. */
        public const FRAUD_TRANSACTION_BLOCKED = 'fraud.transaction_blocked';
    }
}
