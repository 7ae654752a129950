//! Resends: somebody asks for one more attempt.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::error::ApiError;
use super::json::Expected;
use super::parameters::{Parameters, ResendFailed};
use super::{App, json};
use crate::store::{Database, Due, Resend};

type Answer = Result<Response, ApiError>;

/// Sends one delivery again. The id is the delivery's or that of an entry of its log.
pub(super) async fn resend(State(app): State<App>, Path(id): Path<String>, body: Bytes) -> Answer {
    Parameters::of_body(&body)?.none()?;
    let delivery = json::delivery_of(&id).ok_or_else(ApiError::no_such_delivery)?;
    let resend = app.resend(delivery).await?;
    Ok(json::success(&json::expected_entry(&Expected::resend(&resend, app.clock.now()))))
}

/// Sends each delivery to a webhook again that has failed.
pub(super) async fn resend_failed(State(app): State<App>, Path(id): Path<String>, body: Bytes) -> Answer {
    let since = ResendFailed::read(&body)?;
    Ok(json::success(&count(app.resend_failed(id, since).await?)))
}

/// What the API and the dashboard do alike.
impl super::Shared {
    /// Asks for one more attempt of a delivery. It is sent at once, or after the attempt that is in flight.
    pub(crate) async fn resend(&self, delivery: i64) -> Result<Resend, ApiError> {
        let now = self.clock.now();
        let ask = move |database: &mut Database| {
            Ok(match database.resend(delivery)? {
                None => Err(ApiError::no_such_delivery()),
                Some(resend) if !resend.webhook.enabled => Err(ApiError::webhook_disabled()),
                Some(resend) => Ok(resend),
            })
        };
        let answer = move |resend: &Resend| json::expected_entry(&Expected::resend(resend, now));
        self.apply(ask, answer, move |engine, resend| engine.add(vec![resend.due(now)])).await
    }

    /// Asks for one more attempt of each delivery to a webhook that has failed, of events from a time on, in milliseconds since the Unix
    /// epoch. Returns how many there are.
    pub(crate) async fn resend_failed(&self, id: String, since: u64) -> Result<usize, ApiError> {
        let webhook = self.webhook(id).await?;
        if !webhook.enabled {
            return Err(ApiError::webhook_disabled());
        }
        let now = self.clock.now();
        let ask = move |database: &mut Database| database.resend_failed(webhook.number, since, now).map(Ok);
        let answer = |asked: &Vec<Due>| count(asked.len());
        self.apply(ask, answer, |engine, asked| engine.add(asked.clone())).await.map(|asked| asked.len())
    }
}

fn count(resent: usize) -> Value {
    json!({ "resent": resent })
}
