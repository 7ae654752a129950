//! `/v1/testing/simulate`: what goes wrong next.

use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::error::ApiError;
use super::parameters::Parameters;
use super::{App, json};
use crate::simulate::Simulated;

type Answer = Result<Response, ApiError>;

/// How many requests or attempts a fault can strike.
const MAX_COUNT: u64 = 1_000_000;
/// How long an answer can be late, and a request refused.
const MAX_SECONDS: u64 = 3_600;
/// Longer than a client waits.
const LATE_BY_SECONDS: u64 = 60;

/// The next requests are over the rate limit.
pub(super) async fn rate_limit(State(app): State<App>, body: Bytes) -> Answer {
    let parameters = Parameters::of_body(&body)?.only(&["requests", "retryAfter"])?;
    let requests = count(&parameters, "requests")?;
    let retry_after = parameters.number("retryAfter", 1, 0..=MAX_SECONDS)?;
    set(&app, move |left| (left.rate_limited, left.retry_after) = (requests, retry_after)).await
}

/// The next requests are carried out, and answered too late.
pub(super) async fn timeout(State(app): State<App>, body: Bytes) -> Answer {
    let parameters = Parameters::of_body(&body)?.only(&["requests", "seconds"])?;
    let requests = count(&parameters, "requests")?;
    let seconds = parameters.number("seconds", LATE_BY_SECONDS, 1..=MAX_SECONDS)?;
    set(&app, move |left| (left.late, left.late_by) = (requests, seconds)).await
}

/// The next attempts to deliver time out, though the receiver gets them.
pub(super) async fn delivery_timeout(State(app): State<App>, body: Bytes) -> Answer {
    let parameters = Parameters::of_body(&body)?.only(&["attempts", "webhookId"])?;
    let attempts = count(&parameters, "attempts")?;
    let webhook = match parameters.text("webhookId")? {
        Some(id) => Some(app.webhook(id).await?.number),
        None => None,
    };
    let change = move |left: &mut Simulated| {
        left.lost_answers.retain(|(only, _)| *only != webhook);
        left.lost_answers.extend((attempts > 0).then_some((webhook, attempts)));
    };
    set(&app, change).await
}

/// What is still to go wrong.
pub(super) async fn left(State(app): State<App>) -> Response {
    json::success(&shown(&app.simulations.left()))
}

async fn set(app: &App, change: impl FnOnce(&mut Simulated)) -> Answer {
    let left = app.simulations.change(|left| {
        change(left);
        left.clone()
    });
    app.apply(move |_| Ok(Ok(left)), shown, |_, _| {}).await.map(|left| json::success(&shown(&left)))
}

fn count(parameters: &Parameters, name: &str) -> Result<u32, ApiError> {
    let count = parameters.number(name, 1, 0..=MAX_COUNT)?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

fn shown(left: &Simulated) -> Value {
    let attempts: u32 = left.lost_answers.iter().map(|(_, count)| count).sum();
    json!({ "rateLimit": left.rate_limited, "timeout": left.late, "deliveryTimeout": attempts })
}
