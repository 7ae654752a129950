//! The typed views of the documented events.
#![allow(clippy::unwrap_used, clippy::panic)] // a test may stop at the first surprise

use payvost_webhooks::{EVENT_TYPES, TypedEvent, sample_event, sign, verify_webhook};

const SECRET: &str = "whsec_events";

fn with_typed<R>(payload: &str, look: impl FnOnce(TypedEvent<'_>) -> R) -> R {
    let payload = payload.as_bytes();
    let event = verify_webhook(payload, &sign(payload, SECRET).unwrap(), SECRET).unwrap();
    look(event.typed())
}

fn envelope(event_type: &str, data: &str) -> String {
    format!(r#"{{"id":"evt_1","type":"{event_type}","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":{data}}}"#)
}

#[test]
fn the_documented_types_are_known() {
    assert!(EVENT_TYPES.contains(&"payment.succeeded"));
    for event_type in EVENT_TYPES {
        let payload = sample_event(event_type).unwrap();
        assert!(!with_typed(payload, |event| matches!(event, TypedEvent::Unknown(_))), "{event_type}");
    }
}

#[test]
fn fields_are_read_as_what_they_are() {
    with_typed(sample_event("payment.succeeded").unwrap(), |event| {
        let TypedEvent::PaymentSucceeded(payment) = event else { panic!("{event:?}") };
        assert_eq!(payment.amount().as_deref(), Some("99.99"));
        assert_eq!(payment.customer().and_then(|customer| customer.email()).as_deref(), Some("customer@example.com"));
        assert_eq!(payment.metadata().and_then(|metadata| metadata.get("orderId")).as_deref(), Some("order_12345"));
        assert!(payment.metadata().is_some_and(|metadata| metadata.get("invoice").is_none()));
        assert!(payment.previous().is_none());
    });
    with_typed(sample_event("user.kyc_rejected").unwrap(), |event| {
        let TypedEvent::UserKycRejected(kyc) = event else { panic!("{event:?}") };
        assert!(kyc.required_actions().unwrap().eq(["resubmit_identity"]));
    });
    with_typed(sample_event("fraud.alert_created").unwrap(), |event| {
        let TypedEvent::FraudAlertCreated(alert) = event else { panic!("{event:?}") };
        assert_eq!(alert.r#type().as_deref(), Some("unusual_transaction_pattern"));
    });
}

#[test]
fn previous_data_has_the_same_accessors() {
    with_typed(sample_event("wallet.balance_updated").unwrap(), |event| {
        let TypedEvent::WalletBalanceUpdated(wallet) = event else { panic!("{event:?}") };
        let before = wallet.previous().unwrap();
        assert_eq!((wallet.balance().as_deref(), before.balance().as_deref()), (Some("1000.00"), Some("950.00")));
        assert!(before.change().is_none() && before.previous().is_none());
    });
}

/// The provider may change the content of `data`. That is not an error, and undocumented values are not made up.
#[test]
fn a_field_that_is_missing_or_of_another_kind_is_none() {
    with_typed(&envelope("payment.succeeded", r#"{"amount":99.99,"customer":"John","metadata":[],"new":1}"#), |event| {
        let TypedEvent::PaymentSucceeded(payment) = event else { panic!("{event:?}") };
        assert!(payment.id().is_none() && payment.amount().is_none());
        assert!(payment.customer().is_none() && payment.metadata().is_none());
        assert_eq!(payment.as_value().get("new").and_then(|value| value.as_i64()), Some(1));
    });
    with_typed(&envelope("user.kyc_rejected", r#"{"requiredActions":["a",1,"\u0062"]}"#), |event| {
        let TypedEvent::UserKycRejected(kyc) = event else { panic!("{event:?}") };
        assert!(kyc.required_actions().unwrap().eq(["a", "b"]));
    });
}

#[test]
fn any_other_type_is_unknown_and_whole() {
    for event_type in ["example.undocumented", "payment.suceeded", "Payment.succeeded", "payment"] {
        with_typed(&envelope(event_type, r#"{"url":"x"}"#), |event| {
            let TypedEvent::Unknown(event) = event else { panic!("{event_type}") };
            assert_eq!(event.event_type(), event_type);
            assert_eq!(event.pointer("/data/url").and_then(|url| url.as_str()).as_deref(), Some("x"));
        });
    }
}
