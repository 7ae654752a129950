/** The fields of every event. */
export interface EventEnvelope<Type extends string, Data, PreviousData = Partial<Data>> {
    /** The event's id, the same in every delivery: remember it to act once. */
    id: string;
    /** The type of the event. */
    type: Type;
    /** When it happened, as an RFC 3339 date-time. Retries keep it. */
    createdAt: string;
    /** Whether real money is meant. */
    liveMode: boolean;
    /**
     * The object that the event is about. The provider defines its content, which is not checked at run time.
     * Amounts are decimal strings.
     */
    data: Data;
    /** The earlier `data`, as far as the event includes it, if the event is about a change. */
    previousData?: PreviousData | null;
}
/** The documented events by their type. */
export interface WebhookEventMap {
    /** A payment was created and is not paid yet. */
    "payment.created": PaymentCreatedEvent;
    /** A payment succeeded. */
    "payment.succeeded": PaymentSucceededEvent;
    /** A payment failed and no money moved. */
    "payment.failed": PaymentFailedEvent;
    /** A payment was refunded, in full or in part. */
    "payment.refunded": PaymentRefundedEvent;
    /** A transfer between two wallets was initiated. */
    "transfer.created": TransferCreatedEvent;
    /** A transfer completed. */
    "transfer.completed": TransferCompletedEvent;
    /** A transfer failed and no money moved. */
    "transfer.failed": TransferFailedEvent;
    /** A wallet was opened. */
    "wallet.created": WalletCreatedEvent;
    /** The balance of a wallet changed. */
    "wallet.balance_updated": WalletBalanceUpdatedEvent;
    /** A wallet was frozen: no money can move in or out. */
    "wallet.frozen": WalletFrozenEvent;
    /** A user signed up. */
    "user.created": UserCreatedEvent;
    /** A user submitted identity documents. */
    "user.kyc_submitted": UserKycSubmittedEvent;
    /** A user's identity was verified. */
    "user.kyc_verified": UserKycVerifiedEvent;
    /** A user's identity could not be verified. */
    "user.kyc_rejected": UserKycRejectedEvent;
    /** Suspicious activity was detected. */
    "fraud.alert_created": FraudAlertCreatedEvent;
    /** A transaction was blocked before money moved. */
    "fraud.transaction_blocked": FraudTransactionBlockedEvent;
}
/** A documented type. */
export type KnownEventType = keyof WebhookEventMap;
/** An event of a documented type. */
export type KnownWebhookEvent = WebhookEventMap[KnownEventType];
/**
 * A verified event: exactly what `JSON.parse` makes of the payload. Comparing its `type`, with `===` or in a `switch`,
 * narrows its `data`; the type that remains after the documented ones is {@link UnknownWebhookEvent}.
 *
 * @example
 * ```ts
 * switch (event.type) {
 *   case "payment.succeeded":
 *     console.log(event.data.amount); // a PaymentSucceededData
 *     break;
 *   default:
 *     console.log("unhandled", event.type, event.id);
 * }
 * ```
 */
export type WebhookEvent = KnownWebhookEvent | UnknownWebhookEvent;
/**
 * Stands for every other type. TypeScript distinguishes the members of a union only by literal types, and a plain
 * `string` in one of them would prevent that for all. To the compiler, this is a text that differs from all others.
 */
declare enum UndocumentedType {
    name = "<any other type>"
}
/**
 * The types that Payvost names without describing their events, some only by their family. Compare with them as
 * usual: `case "refund.created":`, `case "rate.updated":`.
 */
export type NamedEventType = "wallet.transaction_created" | "transfer.refunded" | "user.suspicious_activity" | "refund.created" | "dispute.created" | `rate.${string}` | `report.${string}` | `currency.${string}`;
/**
 * An event of a type that is not documented here: the list is open.
 *
 * To compare its `type` with a type that Payvost does not name either, assign it to a string first
 * (`const type: string = event.type`), or declare the event, or its whole family:
 *
 * ```ts
 * import type { EventEnvelope } from "@payvost/webhooks";
 *
 * declare module "@payvost/webhooks" {
 *   interface WebhookEventMap {
 *     "comet.sighted": EventEnvelope<"comet.sighted", { name: string }>;
 *     "planet.*": EventEnvelope<`planet.${string}`, { [field: string]: unknown }>;
 *   }
 * }
 * ```
 */
export interface UnknownWebhookEvent extends EventEnvelope<UndocumentedType | NamedEventType, {
    [field: string]: unknown;
}, {
    [field: string]: unknown;
}> {
}
/** A code from an open list: editors suggest the documented values, and any other text is possible. */
export type OpenCode<Known extends string> = Known | (string & {});
/** `payment.created`: A payment was created and is not paid yet. */
export interface PaymentCreatedEvent extends EventEnvelope<"payment.created", PaymentCreatedData> {
}
/** The data of a `payment.created` event. */
export interface PaymentCreatedData {
    /** The payment. */
    id: string;
    /** The amount due. A decimal string. */
    amount: string;
    /** The currency of the amount. An ISO 4217 code. */
    currency: string;
    /** The state of the payment. One of `pending`, `succeeded`, `failed`, or a new one. */
    status: OpenCode<"pending" | "succeeded" | "failed">;
    /** Who pays. */
    customer?: Customer;
    /** What you attached to the payment. */
    metadata?: {
        [key: string]: string;
    };
}
/** `payment.succeeded`: A payment succeeded. */
export interface PaymentSucceededEvent extends EventEnvelope<"payment.succeeded", PaymentSucceededData> {
}
/** The data of a `payment.succeeded` event. */
export interface PaymentSucceededData {
    /** The payment. */
    id: string;
    /** The amount paid. A decimal string. */
    amount: string;
    /** The currency of the amount. An ISO 4217 code. */
    currency: string;
    /** The state of the payment. One of `pending`, `succeeded`, `failed`, or a new one. */
    status: OpenCode<"pending" | "succeeded" | "failed">;
    /** When it was paid. An RFC 3339 date-time. */
    paidAt?: string;
    /** Who paid. */
    customer?: Customer;
    /** What you attached to the payment. */
    metadata?: {
        [key: string]: string;
    };
}
/** `payment.failed`: A payment failed and no money moved. */
export interface PaymentFailedEvent extends EventEnvelope<"payment.failed", PaymentFailedData> {
}
/** The data of a `payment.failed` event. */
export interface PaymentFailedData {
    /** The payment. */
    id: string;
    /** The amount that was due. A decimal string. */
    amount: string;
    /** The currency of the amount. An ISO 4217 code. */
    currency: string;
    /** The state of the payment. One of `pending`, `succeeded`, `failed`, or a new one. */
    status: OpenCode<"pending" | "succeeded" | "failed">;
    /** Why it failed, for programs. Such as `card_declined`. */
    failureCode: string;
    /** Why it failed, for people. */
    failureMessage: string;
    /** Who was supposed to pay. */
    customer?: Customer;
    /** What you attached to the payment. */
    metadata?: {
        [key: string]: string;
    };
}
/** `payment.refunded`: A payment was refunded, in full or in part. */
export interface PaymentRefundedEvent extends EventEnvelope<"payment.refunded", PaymentRefundedData> {
}
/** The data of a `payment.refunded` event. */
export interface PaymentRefundedData {
    /** The payment. */
    id: string;
    /** The refund. */
    refundId: string;
    /** The refunded amount, in the payment's currency. A decimal string. */
    refundAmount: string;
    /** Why it was refunded. Such as `requested_by_customer`. */
    reason: string;
    /** Who received the refund. */
    customer?: Customer;
    /** What you attached to the payment. */
    metadata?: {
        [key: string]: string;
    };
}
/** `transfer.created`: A transfer between two wallets was initiated. */
export interface TransferCreatedEvent extends EventEnvelope<"transfer.created", TransferCreatedData> {
}
/** The data of a `transfer.created` event. */
export interface TransferCreatedData {
    /** The transfer. */
    id: string;
    /** The sending wallet. */
    fromWalletId: string;
    /** The receiving wallet. */
    toWalletId: string;
    /** The amount sent. A decimal string. */
    amount: string;
    /** The currency of the amount. An ISO 4217 code. */
    currency: string;
    /** The state of the transfer. One of `pending`, `completed`, `failed`, or a new one. */
    status: OpenCode<"pending" | "completed" | "failed">;
}
/** `transfer.completed`: A transfer completed. */
export interface TransferCompletedEvent extends EventEnvelope<"transfer.completed", TransferCompletedData> {
}
/** The data of a `transfer.completed` event. */
export interface TransferCompletedData {
    /** The transfer. */
    id: string;
    /** The state of the transfer. One of `pending`, `completed`, `failed`, or a new one. */
    status: OpenCode<"pending" | "completed" | "failed">;
    /** When it completed. An RFC 3339 date-time. */
    completedAt: string;
}
/** `transfer.failed`: A transfer failed and no money moved. */
export interface TransferFailedEvent extends EventEnvelope<"transfer.failed", TransferFailedData> {
}
/** The data of a `transfer.failed` event. */
export interface TransferFailedData {
    /** The transfer. */
    id: string;
    /** The state of the transfer. One of `pending`, `completed`, `failed`, or a new one. */
    status: OpenCode<"pending" | "completed" | "failed">;
    /** Why it failed. Such as `insufficient_funds`. */
    failureReason: string;
}
/** `wallet.created`: A wallet was opened. */
export interface WalletCreatedEvent extends EventEnvelope<"wallet.created", WalletCreatedData> {
}
/** The data of a `wallet.created` event. */
export interface WalletCreatedData {
    /** The wallet. */
    id: string;
    /** Whose wallet it is. */
    userId: string;
    /** The currency of the balance. An ISO 4217 code. */
    currency: string;
    /** The balance. A decimal string. */
    balance: string;
}
/** `wallet.balance_updated`: The balance of a wallet changed. */
export interface WalletBalanceUpdatedEvent extends EventEnvelope<"wallet.balance_updated", WalletBalanceUpdatedData> {
}
/** The data of a `wallet.balance_updated` event. */
export interface WalletBalanceUpdatedData {
    /** The wallet. */
    id: string;
    /** The new balance. A decimal string. */
    balance: string;
    /** The previous balance. A decimal string. */
    previousBalance: string;
    /** The difference, with its sign. A decimal string. */
    change: string;
}
/** `wallet.frozen`: A wallet was frozen: no money can move in or out. */
export interface WalletFrozenEvent extends EventEnvelope<"wallet.frozen", WalletFrozenData> {
}
/** The data of a `wallet.frozen` event. */
export interface WalletFrozenData {
    /** The wallet. */
    id: string;
    /** Why it was frozen. Such as `suspicious_activity`. */
    reason: string;
    /** When it was frozen. An RFC 3339 date-time. */
    frozenAt: string;
}
/** `user.created`: A user signed up. */
export interface UserCreatedEvent extends EventEnvelope<"user.created", UserCreatedData> {
}
/** The data of a `user.created` event. */
export interface UserCreatedData {
    /** The user. */
    id: string;
    /** The user's address. */
    email: string;
    /** The full name. */
    name: string;
    /** Where the user lives. An ISO 3166-1 alpha-2 code. */
    country: string;
}
/** `user.kyc_submitted`: A user submitted identity documents. */
export interface UserKycSubmittedEvent extends EventEnvelope<"user.kyc_submitted", UserKycSubmittedData> {
}
/** The data of a `user.kyc_submitted` event. */
export interface UserKycSubmittedData {
    /** The user. */
    userId: string;
    /** When they were submitted. An RFC 3339 date-time. */
    submittedAt: string;
}
/** `user.kyc_verified`: A user's identity was verified. */
export interface UserKycVerifiedEvent extends EventEnvelope<"user.kyc_verified", UserKycVerifiedData> {
}
/** The data of a `user.kyc_verified` event. */
export interface UserKycVerifiedData {
    /** The user. */
    userId: string;
    /** The user's verification tier. Such as `VERIFIED`. */
    tier: string;
    /** When it was verified. An RFC 3339 date-time. */
    verifiedAt: string;
    /** The user's address. */
    userEmail?: string;
}
/** `user.kyc_rejected`: A user's identity could not be verified. */
export interface UserKycRejectedEvent extends EventEnvelope<"user.kyc_rejected", UserKycRejectedData> {
}
/** The data of a `user.kyc_rejected` event. */
export interface UserKycRejectedData {
    /** The user. */
    userId: string;
    /** Why it was rejected. Such as `document_expired`. */
    reason: string;
    /** What the user must do, such as `resubmit_identity`. */
    requiredActions: string[];
}
/** `fraud.alert_created`: Suspicious activity was detected. */
export interface FraudAlertCreatedEvent extends EventEnvelope<"fraud.alert_created", FraudAlertCreatedData> {
}
/** The data of a `fraud.alert_created` event. */
export interface FraudAlertCreatedData {
    /** The alert. */
    alertId: string;
    /** Whose activity it was. */
    userId: string;
    /** What was detected. Such as `unusual_transaction_pattern`. */
    type: string;
    /** How severe it is. Such as `high`. */
    severity: string;
    /** What was detected, for people. */
    description: string;
}
/** `fraud.transaction_blocked`: A transaction was blocked before money moved. */
export interface FraudTransactionBlockedEvent extends EventEnvelope<"fraud.transaction_blocked", FraudTransactionBlockedData> {
}
/** The data of a `fraud.transaction_blocked` event. */
export interface FraudTransactionBlockedData {
    /** The transaction. */
    transactionId: string;
    /** Why it was blocked. Such as `exceeds_velocity_limits`. */
    reason: string;
    /** Whose transaction it was. */
    userId: string;
}
/** Who pays. */
export interface Customer {
    /** The customer's email address. */
    email: string;
    /** The full name. */
    name: string;
}
export {};
