// Compiled by typescript.test.mjs, never run: the types of the events.
import {
  verifyWebhook,
  type KnownEventType,
  type PaymentSucceededData,
  type UnknownWebhookEvent,
  type UserKycVerifiedData,
  type WebhookEvent,
  type WebhookEventMap,
} from "@payvost/webhooks";

declare function updateOrderStatus(orderId: string, status: "paid" | "refunded"): Promise<void>;
declare function sendEmail(to: string, template: string, values?: Record<string, string>): Promise<void>;
declare function log(...texts: string[]): void;

/** "Complete Event Handler" from Payvost's guide, with types. */
export async function handleWebhookEvent(event: WebhookEvent): Promise<void> {
  log("Received event:", event.type, event.id);
  switch (event.type) {
    case "payment.created":
      return log(event.data.amount, event.data.status === "pending" ? "waits" : event.data.status);
    case "payment.succeeded":
      return handlePaymentSucceeded(event.data);
    case "payment.failed":
      return log(event.data.failureCode, event.data.failureMessage);
    case "payment.refunded":
      return log(event.data.refundId, event.data.refundAmount, event.data.reason);
    case "transfer.created":
      return log(event.data.fromWalletId, event.data.toWalletId, event.data.amount);
    case "transfer.completed":
      return log(event.data.completedAt, event.previousData?.status ?? "");
    case "transfer.failed":
      return log(event.data.failureReason);
    case "wallet.created":
      return log(event.data.userId, event.data.balance);
    case "wallet.balance_updated":
      return log(event.data.previousBalance, event.data.change, event.previousData?.balance ?? "");
    case "wallet.frozen":
      return log(event.data.frozenAt);
    case "user.created":
      return log(event.data.email, event.data.country);
    case "user.kyc_submitted":
      return log(event.data.submittedAt);
    case "user.kyc_verified":
      return handleKYCVerified(event.data);
    case "user.kyc_rejected":
      return log(event.data.reason, ...event.data.requiredActions);
    case "fraud.alert_created":
      return log(event.data.type, event.data.severity, event.data.description);
    case "fraud.transaction_blocked":
      return log(event.data.transactionId);
    default:
      return log("Unhandled event type:", event.type);
  }
}

async function handlePaymentSucceeded(payment: PaymentSucceededData): Promise<void> {
  const orderId = payment.metadata?.["orderId"];
  if (orderId !== undefined) await updateOrderStatus(orderId, "paid");
  if (payment.customer) await sendEmail(payment.customer.email, "payment_confirmation", { amount: payment.amount, currency: payment.currency });
}

async function handleKYCVerified(kyc: UserKycVerifiedData): Promise<void> {
  if (kyc.userEmail) await sendEmail(kyc.userEmail, "kyc_approved", { tier: kyc.tier });
}

/** Undocumented types remain after the documented ones. */
export function handleTwo(event: WebhookEventMap["payment.succeeded" | "wallet.frozen"] | UnknownWebhookEvent): void {
  switch (event.type) {
    case "payment.succeeded":
    case "wallet.frozen":
      return log(event.data.id);
    default: {
      const other: UnknownWebhookEvent = event;
      const type: string = other.type;
      if (type === "report.ready") log(String(other.data["url"]));
    }
  }
}

/** A registry of handlers by type. */
declare function on<Type extends KnownEventType>(type: Type, handler: (event: WebhookEventMap[Type]) => void): void;
on("wallet.frozen", (event) => log(event.data.reason));

/** A family of types. */
export function isPayment(event: WebhookEvent): event is Extract<WebhookEvent, { type: `payment.${string}` }> {
  return event.type.startsWith("payment.");
}

export function early(event: WebhookEvent): string {
  if (event.type === "user.kyc_verified") return event.data.tier;
  if (event.type !== "payment.succeeded") return event.id;
  return event.data.amount;
}

const event = verifyWebhook("{}", null, "whsec_example");
const literal: WebhookEvent = {
  id: "evt_1",
  type: "user.kyc_submitted",
  createdAt: "2025-11-01T10:00:00Z",
  liveMode: false,
  data: { userId: "usr_1", submittedAt: "2025-11-01T10:00:00Z" },
};

// @ts-expect-error a misspelt type
if (event.type === "payment.suceeded") log();
switch (event.type) {
  // @ts-expect-error a misspelt type
  case "payment.succeded":
    break;
  case "payment.succeeded":
    // @ts-expect-error a misspelt field
    log(event.data.amonut);
    // @ts-expect-error a field of another type of event
    log(event.data.failureCode);
    // @ts-expect-error the field may be missing
    log(event.data.customer.email);
    // @ts-expect-error money is text
    event.data.amount * 2;
    // @ts-expect-error previous data may be missing
    log(event.previousData.status);
    break;
  default:
    break;
}
// @ts-expect-error not every event has an amount
log(event.data.amount);
// @ts-expect-error a misspelt type
on("payment.suceeded", () => log());
// @ts-expect-error a field is missing
const incomplete: WebhookEventMap["user.kyc_submitted"] = { ...literal, type: "user.kyc_submitted", data: { userId: "usr_1" } };

export { incomplete };
