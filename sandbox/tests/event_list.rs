//! The list of accepted events, which the command line forwards.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::expect_used, clippy::panic, reason = "tests")]

mod kit;

use kit::{api, sandbox};
use payvost_webhooks_sandbox::Options;
use serde_json::{Value, json};

#[tokio::test]
async fn accepted_events_are_listed_with_the_bytes_that_are_signed() {
    let sandbox = sandbox(Options::default()).await;
    for (id, event_type) in [("evt_a", "payment.created"), ("evt_b", "user.created"), ("evt_c", "payment.failed")] {
        let data = json!({"amount": "10.00"});
        let event = json!({"eventType": event_type, "id": id, "data": data});
        api(&sandbox, "POST", "/v1/testing/events", Some(event)).await;
    }
    let listed = async |query: &str| api(&sandbox, "GET", &format!("/v1/testing/events{query}"), None).await;
    let ids = |page: &Value| -> Vec<String> {
        page["data"].as_array().unwrap().iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect()
    };
    let all = listed("").await;
    assert_eq!(ids(&all), ["evt_a", "evt_b", "evt_c"]);
    assert_eq!(all["data"][1]["type"], "user.created");
    let payload: Value = serde_json::from_str(all["data"][0]["payload"].as_str().unwrap()).unwrap();
    assert_eq!((&payload["id"], &payload["data"]), (&json!("evt_a"), &json!({"amount": "10.00"})));
    assert_eq!(ids(&listed("?limit=2").await), ["evt_a", "evt_b"]);
    assert_eq!(ids(&listed("?after=evt_b").await), ["evt_c"]);
    assert!(ids(&listed("?after=evt_c").await).is_empty());
    assert_eq!(listed("?after=evt_x").await["error"]["code"], "not_found");
    for limit in ["0", "101", "many"] {
        assert_eq!(listed(&format!("?limit={limit}")).await["error"]["field"], "limit");
    }
    sandbox.stop().await;
}
