//! A client of the sandbox's API: one request, one answer.

use std::time::Duration;

use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, HOST};
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use payvost_webhooks_sandbox::deliver::{ConnectError, Destinations, connect};
use serde_json::Value;
use tokio::time::timeout;

/// The longest answer: a page of the largest events.
const MAX_ANSWER_BYTES: usize = 256 * 1_024 * 1_024;
const PATIENCE: Duration = Duration::from_secs(10);

/// Where a sandbox listens, and the key to it.
#[derive(Clone)]
pub(crate) struct Api {
    base_url: String,
    key: String,
    destinations: Destinations,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum ApiFailure {
    /// Nothing answers there, or what answers is not a sandbox.
    Unreachable(String),
    NotAllowed,
    /// The sandbox refuses the request.
    Refused {
        status: u16,
        message: String,
    },
}

impl Api {
    pub(crate) fn new(base_url: &str, key: String, destinations: Destinations) -> Self {
        Self { base_url: base_url.trim_end_matches('/').to_owned(), key, destinations }
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The `data` of an answer.
    pub(crate) async fn get(&self, path: &str) -> Result<Value, ApiFailure> {
        let unreachable = |what: &str| ApiFailure::Unreachable(format!("{}: {what}", self.base_url));
        match timeout(PATIENCE, self.exchange(path)).await {
            Ok(answered) => answered,
            Err(_) => Err(unreachable("no answer came within 10 s")),
        }
    }

    async fn exchange(&self, path: &str) -> Result<Value, ApiFailure> {
        let unreachable = |what: &str| ApiFailure::Unreachable(format!("{}: {what}", self.base_url));
        let uri: Uri = format!("{}{path}", self.base_url).parse().map_err(|_| unreachable("this is not a URL"))?;
        let stream = connect(&self.destinations, &uri).await.map_err(|error| match error {
            ConnectError::NotAllowed => ApiFailure::NotAllowed,
            error => unreachable(&error.to_string()),
        })?;
        let (mut client, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|_| unreachable("it does not speak HTTP"))?;
        let connection = tokio::spawn(connection);
        let request = Request::get(uri.path_and_query().map_or("/", |path| path.as_str()))
            .header(HOST, uri.authority().map_or("", |authority| authority.as_str()))
            .header(AUTHORIZATION, format!("Bearer {}", self.key))
            .body(Empty::<Bytes>::new())
            .map_err(|_| unreachable("the API key has characters that a header cannot have"))?;
        let answered = async {
            let response = client.send_request(request).await.map_err(|_| unreachable("the connection broke off"))?;
            let status = response.status().as_u16();
            let body = Limited::new(response.into_body(), MAX_ANSWER_BYTES).collect().await;
            Ok((status, body.map_err(|_| unreachable("the answer broke off"))?.to_bytes()))
        };
        let answered = answered.await;
        connection.abort();
        let (status, body) = answered?;
        let mut answer: Value = serde_json::from_slice(&body).map_err(|_| unreachable("what answers is not a sandbox"))?;
        if status == 200 {
            return Ok(answer.get_mut("data").map(Value::take).unwrap_or_default());
        }
        let message = answer.pointer("/error/message").and_then(Value::as_str).unwrap_or("no reason given").to_owned();
        Err(ApiFailure::Refused { status, message })
    }
}
