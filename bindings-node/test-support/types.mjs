// The documented types, as listed in Payvost's guide.
export const TYPES = [
  "payment.created",
  "payment.succeeded",
  "payment.failed",
  "payment.refunded",
  "transfer.created",
  "transfer.completed",
  "transfer.failed",
  "wallet.created",
  "wallet.balance_updated",
  "wallet.frozen",
  "user.created",
  "user.kyc_submitted",
  "user.kyc_verified",
  "user.kyc_rejected",
  "fraud.alert_created",
  "fraud.transaction_blocked",
];
