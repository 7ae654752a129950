//! One HTTP request to a receiver.

use core::error::Error;
use core::fmt;
use std::io;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::HeaderMap;
use hyper::{Method, Request, Response, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::{Client, Error as ClientError};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use payvost_webhooks::limits::ANSWER_TIME_LIMIT;
use payvost_webhooks::provide::{Answer, Fault};
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use super::connect::{ConnectError, Connector, Destinations, connect};

/// The `User-Agent` of the sandbox itself.
pub(crate) const AGENT: &str = concat!("payvost-webhooks-sandbox/", env!("CARGO_PKG_VERSION"));
const SIGNATURE: &str = "Payvost-Signature";

/// How much of a response's body is kept.
const KEPT_BODY_BYTES: usize = 16 * 1_024;

/// A delivery to send.
#[derive(Clone, Copy)]
pub struct Outgoing<'r> {
    /// Where to, with its query.
    pub url: &'r str,
    /// The body, byte for byte.
    pub payload: &'r [u8],
    /// The value of `Payvost-Signature`. Empty: the header is left out.
    pub signature: &'r str,
    /// Headers to send in addition.
    pub headers: &'r [(String, String)],
}

impl fmt::Debug for Outgoing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing").field("url", &self.url).finish_non_exhaustive()
    }
}

/// What came of a request.
#[derive(Debug)]
#[non_exhaustive]
pub struct Received {
    /// The status, or why there is none.
    pub answer: Answer,
    /// The headers of the response, as a JSON object.
    pub headers: Option<String>,
    /// The first 16 KiB of the response's body.
    pub body: Option<String>,
}

impl From<Fault> for Received {
    fn from(fault: Fault) -> Self {
        Self { answer: Answer::Fault(fault), headers: None, body: None }
    }
}

/// Sends deliveries as the provider does: five seconds for an answer, redirects are not followed, connections are kept open.
pub struct Sender {
    client: Client<HttpsConnector<Connector>, Full<Bytes>>,
    destinations: Destinations,
    agent: &'static str,
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").field("destinations", &self.destinations).finish_non_exhaustive()
    }
}

impl Sender {
    /// A sender that connects to these destinations alone. `agent` is its `User-Agent`.
    #[must_use]
    pub fn new(destinations: Destinations, agent: &'static str) -> Self {
        let connector = HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_http1()
            .wrap_connector(Connector::new(destinations.clone()));
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(20))
            .build(connector);
        Self { client, destinations, agent }
    }

    /// Sends a delivery and reads the response.
    pub async fn send(&self, delivery: &Outgoing<'_>) -> Received {
        let Ok(request) = self.request(delivery) else { return Fault::DnsFailed.into() };
        let exchange = async {
            match self.client.request(request).await {
                Ok(response) => read(response).await,
                Err(error) => fault_of(&error).into(),
            }
        };
        timeout(ANSWER_TIME_LIMIT, exchange).await.unwrap_or_else(|_| Fault::TimedOut.into())
    }

    fn request(&self, delivery: &Outgoing<'_>) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
        let mut request = Request::builder().method(Method::POST).uri(delivery.url);
        for (name, value) in own_headers(self.agent, delivery.signature) {
            request = request.header(name, value);
        }
        for (name, value) in delivery.headers {
            request = request.header(name, value);
        }
        request.body(Full::new(Bytes::copy_from_slice(delivery.payload)))
    }

    /// Sends half of a request and closes the connection.
    pub(super) async fn send_half(&self, delivery: &Outgoing<'_>) -> Received {
        let exchange = async {
            let uri: Uri = delivery.url.parse().map_err(|_| ConnectError::NoAddress)?;
            let mut stream = connect(&self.destinations, &uri).await?;
            let target = uri.path_and_query().map_or("/", |target| target.as_str());
            let host = uri.authority().map_or("", |authority| authority.as_str());
            let (length, half) = (delivery.payload.len(), delivery.payload.len() / 2);
            let head = format!(
                "POST {target} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\
                 User-Agent: {}\r\n{SIGNATURE}: {}\r\n\r\n",
                self.agent, delivery.signature
            );
            stream.write_all(head.as_bytes()).await.map_err(ConnectError::Io)?;
            stream.write_all(delivery.payload.get(..half).unwrap_or_default()).await.map_err(ConnectError::Io)
        };
        let fault = match timeout(ANSWER_TIME_LIMIT, exchange).await {
            Ok(Ok(())) => Fault::ConnectionReset,
            Ok(Err(error)) => fault_of_connection(&error),
            Err(_) => Fault::TimedOut,
        };
        fault.into()
    }
}

/// The headers of every delivery, beside those of HTTP itself.
pub(crate) fn own_headers<'h>(agent: &'h str, signature: &'h str) -> impl Iterator<Item = (&'static str, &'h str)> {
    let signature = Some((SIGNATURE, signature)).filter(|(_, signature)| !signature.is_empty());
    [("Content-Type", "application/json"), ("User-Agent", agent)].into_iter().chain(signature)
}

/// The status decides, once the body is complete or long enough.
async fn read(response: Response<Incoming>) -> Received {
    let answer = Answer::Status(response.status().as_u16());
    let headers = Some(headers_as_json(response.headers()));
    let mut body = response.into_body();
    let mut kept = Vec::new();
    while kept.len() < KEPT_BODY_BYTES {
        match body.frame().await {
            None => break,
            Some(Ok(frame)) => kept.extend_from_slice(frame.data_ref().map_or(&[], |data| data)),
            // Half an answer is none.
            Some(Err(_)) => return Received { headers, ..Fault::ConnectionReset.into() },
        }
    }
    kept.truncate(KEPT_BODY_BYTES);
    Received { answer, headers, body: Some(String::from_utf8_lossy(&kept).into_owned()) }
}

fn headers_as_json(headers: &HeaderMap) -> String {
    let mut object = serde_json::Map::new();
    for name in headers.keys() {
        let values: Vec<_> = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
        object.insert(name.as_str().to_owned(), values.join(", ").into());
    }
    serde_json::Value::Object(object).to_string()
}

fn fault_of(error: &ClientError) -> Fault {
    if !error.is_connect() {
        return Fault::ConnectionReset;
    }
    let mut source = error.source();
    while let Some(cause) = source {
        match cause.downcast_ref::<ConnectError>() {
            Some(error) => return fault_of_connection(error),
            None => source = cause.source(),
        }
    }
    Fault::TlsFailed
}

pub(super) fn fault_of_connection(error: &ConnectError) -> Fault {
    match error {
        ConnectError::NotAllowed => Fault::DestinationNotAllowed,
        ConnectError::NoAddress => Fault::DnsFailed,
        ConnectError::Io(error) if error.kind() == io::ErrorKind::TimedOut => Fault::TimedOut,
        ConnectError::Io(error) if error.kind() == io::ErrorKind::ConnectionReset => Fault::ConnectionReset,
        ConnectError::Io(_) => Fault::ConnectionRefused,
    }
}
