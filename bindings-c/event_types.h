/** A payment was created and is not paid yet. */
#define PAYVOST_EVENT_PAYMENT_CREATED "payment.created"

/** A payment succeeded. */
#define PAYVOST_EVENT_PAYMENT_SUCCEEDED "payment.succeeded"

/** A payment failed and no money moved. */
#define PAYVOST_EVENT_PAYMENT_FAILED "payment.failed"

/** A payment was refunded, in full or in part. */
#define PAYVOST_EVENT_PAYMENT_REFUNDED "payment.refunded"

/** A transfer between two wallets was initiated. */
#define PAYVOST_EVENT_TRANSFER_CREATED "transfer.created"

/** A transfer completed. */
#define PAYVOST_EVENT_TRANSFER_COMPLETED "transfer.completed"

/** A transfer failed and no money moved. */
#define PAYVOST_EVENT_TRANSFER_FAILED "transfer.failed"

/** A wallet was opened. */
#define PAYVOST_EVENT_WALLET_CREATED "wallet.created"

/** The balance of a wallet changed. */
#define PAYVOST_EVENT_WALLET_BALANCE_UPDATED "wallet.balance_updated"

/** A wallet was frozen: no money can move in or out. */
#define PAYVOST_EVENT_WALLET_FROZEN "wallet.frozen"

/** A user signed up. */
#define PAYVOST_EVENT_USER_CREATED "user.created"

/** A user submitted identity documents. */
#define PAYVOST_EVENT_USER_KYC_SUBMITTED "user.kyc_submitted"

/** A user's identity was verified. */
#define PAYVOST_EVENT_USER_KYC_VERIFIED "user.kyc_verified"

/** A user's identity could not be verified. */
#define PAYVOST_EVENT_USER_KYC_REJECTED "user.kyc_rejected"

/** Suspicious activity was detected. */
#define PAYVOST_EVENT_FRAUD_ALERT_CREATED "fraud.alert_created"

/** A transaction was blocked before money moved. */
#define PAYVOST_EVENT_FRAUD_TRANSACTION_BLOCKED "fraud.transaction_blocked"
