// Made by `make generate` from core/catalogue/events.toml: edit that file, not this one.

pub(super) const EVENT_TYPES: &[&str] = &[
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

pub(super) fn sample_event(event_type: &str) -> Option<&'static str> {
    Some(match event_type {
        "payment.created" => r#"{"id":"evt_20e6506aae8b","type":"payment.created","createdAt":"2025-11-01T10:00:00Z","liveMode":false,"data":{"id":"pay_abc123","amount":"99.99","currency":"USD","status":"pending","customer":{"email":"customer@example.com","name":"John Doe"},"metadata":{"orderId":"order_12345"}},"previousData":null}"#,
        "payment.succeeded" => r#"{"id":"evt_dd7581f8b34b","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z","liveMode":false,"data":{"id":"pay_abc123","amount":"99.99","currency":"USD","status":"succeeded","paidAt":"2025-11-01T10:00:00Z","customer":{"email":"customer@example.com","name":"John Doe"},"metadata":{"orderId":"order_12345"}},"previousData":null}"#,
        "payment.failed" => r#"{"id":"evt_bc847fdf659a","type":"payment.failed","createdAt":"2025-11-01T10:00:00Z","liveMode":false,"data":{"id":"pay_abc123","amount":"99.99","currency":"USD","status":"failed","failureCode":"card_declined","failureMessage":"Card was declined","customer":{"email":"customer@example.com","name":"John Doe"},"metadata":{"orderId":"order_12345"}},"previousData":null}"#,
        "payment.refunded" => r#"{"id":"evt_4340fb955069","type":"payment.refunded","createdAt":"2025-11-01T10:00:00Z","liveMode":false,"data":{"id":"pay_abc123","refundId":"ref_xyz789","refundAmount":"99.99","reason":"requested_by_customer","customer":{"email":"customer@example.com","name":"John Doe"},"metadata":{"orderId":"order_12345"}},"previousData":null}"#,
        "transfer.created" => r#"{"id":"evt_79e7f3fd4043","type":"transfer.created","createdAt":"2025-11-01T10:00:00Z","liveMode":false,"data":{"id":"txn_abc123","fromWalletId":"acc_sender","toWalletId":"acc_recipient","amount":"100.00","currency":"USD","status":"pending"},"previousData":null}"#,
        "transfer.completed" => r#"{"id":"evt_0dc8048db586","type":"transfer.completed","createdAt":"2025-11-01T10:00:00Z","liveMode":false,"data":{"id":"txn_abc123","status":"completed","completedAt":"2025-11-01T10:00:00Z"},"previousData":{"status":"pending"}}"#,
        "transfer.failed" => r#"{"id":"evt_d977d37e151a","type":"transfer.failed","createdAt":"2025-11-01T10:00:00Z","liveMode":false,"data":{"id":"txn_abc123","status":"failed","failureReason":"insufficient_funds"},"previousData":{"status":"pending"}}"#,
        "wallet.created" => r#"{"id":"evt_6b1d066217ca","type":"wallet.created","createdAt":"2025-11-01T10:00:00Z","liveMode":false,"data":{"id":"acc_abc123","userId":"usr_xyz789","currency":"USD","balance":"0.00"},"previousData":null}"#,
        "wallet.balance_updated" => r#"{"id":"evt_e1e9d32c5046","type":"wallet.balance_updated","createdAt":"2025-11-01T10:00:00Z","liveMode":false,"data":{"id":"acc_abc123","balance":"1000.00","previousBalance":"950.00","change":"+50.00"},"previousData":{"balance":"950.00"}}"#,
        "wallet.frozen" => r#"{"id":"evt_579a94811a58","type":"wallet.frozen","createdAt":"2025-11-01T10:00:00Z","liveMode":false,"data":{"id":"acc_abc123","reason":"suspicious_activity","frozenAt":"2025-11-01T10:00:00Z"},"previousData":null}"#,
        "user.created" => r#"{"id":"evt_ecec131526e1","type":"user.created","createdAt":"2025-11-01T10:00:00Z","liveMode":false,"data":{"id":"usr_abc123","email":"user@example.com","name":"John Doe","country":"US"},"previousData":null}"#,
        "user.kyc_submitted" => r#"{"id":"evt_d315727dcc61","type":"user.kyc_submitted","createdAt":"2025-11-01T10:00:00Z","liveMode":false,"data":{"userId":"usr_abc123","submittedAt":"2025-11-01T10:00:00Z"},"previousData":null}"#,
        "user.kyc_verified" => r#"{"id":"evt_b0c20f54c6a6","type":"user.kyc_verified","createdAt":"2025-11-01T10:00:00Z","liveMode":false,"data":{"userId":"usr_abc123","tier":"VERIFIED","verifiedAt":"2025-11-01T10:00:00Z","userEmail":"user@example.com"},"previousData":null}"#,
        "user.kyc_rejected" => r#"{"id":"evt_a357496b3337","type":"user.kyc_rejected","createdAt":"2025-11-01T10:00:00Z","liveMode":false,"data":{"userId":"usr_abc123","reason":"document_expired","requiredActions":["resubmit_identity"]},"previousData":null}"#,
        "fraud.alert_created" => r#"{"id":"evt_d8be6c8e9ac9","type":"fraud.alert_created","createdAt":"2025-11-01T10:00:00Z","liveMode":false,"data":{"alertId":"alert_abc123","userId":"usr_xyz789","type":"unusual_transaction_pattern","severity":"high","description":"Multiple large transactions in short period"},"previousData":null}"#,
        "fraud.transaction_blocked" => r#"{"id":"evt_f3bf4c548810","type":"fraud.transaction_blocked","createdAt":"2025-11-01T10:00:00Z","liveMode":false,"data":{"transactionId":"txn_abc123","reason":"exceeds_velocity_limits","userId":"usr_xyz789"},"previousData":null}"#,
        _ => return None,
    })
}
