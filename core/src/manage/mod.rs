//! The management API: create, list, change, test and delete webhooks, rotate their secrets, read their logs.
//!
//! [`Call`] is one call as a machine without I/O. It asks for an HTTP request or a pause, is fed the result, and ends in a [`Success`] or an
//! [`ApiError`]. It decides what to send, how to read a response, and what to retry and when. The host sends the requests with any HTTP
//! client, and supplies the time and random bits.
//!
//! ```text
//!   Request ─▶ Done
//!    ▲   └▶ Wait ─▶ Done (deadline)
//!    └───────┘
//! ```
//!
//! ```
//! use payvost_webhooks::manage::{Answer, Ask, CallOptions, Client, Now, Operation, Response};
//!
//! let client = Client::builder("sk_test_example").build()?;
//! let parameters = br#"{"id":"webhook_abc123"}"#;
//! let now = Now { elapsed_ms: 0, unix_ms: 1_761_991_200_000 };
//! let mut call = client.call(Operation::WebhooksGet, parameters, &CallOptions::default(), [0; 16], now)?;
//!
//! let Ask::Request(request) = call.next() else { panic!("a call begins with a request") };
//! assert_eq!((request.method(), request.url()), ("GET", "https://sandbox-api.payvost.com/v1/webhooks/webhook_abc123"));
//!
//! let body = br#"{"success":true,"data":{"id":"webhook_abc123","enabled":true}}"#;
//! let answer = Answer::Response(Response { status: 200, headers: &[("X-Request-Id", "req_1")], body });
//! call.feed(answer, Now { elapsed_ms: 80, ..now }, 0)?;
//!
//! let Ask::Done(Ok(success)) = call.next() else { panic!("not a success") };
//! assert_eq!(success.data(), r#"{"id":"webhook_abc123","enabled":true}"#);
//! assert_eq!(call.facts().request_id(), Some("req_1"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answer;
mod api;
mod budget;
mod call;
mod client;
mod error;
mod facts;
mod fault;
mod key;
mod lookup;
mod objects;
mod operation;
mod options;
mod parameters;
mod read;
mod refusal;
mod request;
mod response;
mod retry;
mod rotation;
mod secret;
mod url;
mod write;

pub use self::answer::{Data, Success};
pub use self::api::Operation;
pub use self::call::{Answer, Ask, Call, Now, UnexpectedAnswer};
pub use self::client::{Client, ClientBuilder, Environment};
pub use self::error::ApiError;
pub use self::facts::{Attempt, Facts, RateLimit};
pub use self::fault::Fault;
pub use self::objects::*;
pub use self::operation::Method;
pub use self::options::CallOptions;
pub use self::read::Read;
pub use self::refusal::{Names, Problem, Refusal};
pub use self::request::{ANSWER_HEADERS, Request};
pub use self::response::Response;
pub use self::rotation::Rotation;
pub use self::secret::WebhookSecret;
pub use self::write::id_json;
