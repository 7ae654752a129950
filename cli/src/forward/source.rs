//! Where forwarded events come from: the list of a sandbox, or a recording.

use std::sync::Arc;
use std::time::Duration;

use payvost_webhooks::WebhookVerifier;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::mpsc::Sender;
use tokio::time::sleep;

use crate::api::{Api, ApiFailure};
use crate::delivery::not_allowed;
use crate::recording::{Line, Reader};
use crate::status::Failure;

pub(super) enum Source {
    Sandbox {
        api: Api,
        /// The id of the last event that was forwarded.
        after: Option<String>,
        /// Whether events that are there already are left out.
        skips: bool,
    },
    Recording {
        reader: Reader,
        verifier: WebhookVerifier,
        name: String,
    },
}

/// A place in a source: everything before it has been forwarded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Position {
    Sandbox { after: String },
    Recording { offset: u64 },
}

pub(super) struct Incoming {
    pub(super) id: String,
    pub(super) event_type: String,
    pub(super) payload: Arc<[u8]>,
    /// The place after it.
    pub(super) position: Position,
}

pub(super) enum Fetched {
    Event(Incoming),
    Notice(String),
    Failed(Failure),
}

/// How often a source is asked for news.
const PAUSE: Duration = Duration::from_millis(150);
/// How often a sandbox that does not answer is tried again.
const LONGER_PAUSE: Duration = Duration::from_millis(500);

impl Source {
    pub(super) fn title(&self) -> String {
        match self {
            Self::Sandbox { api, .. } => format!("sandbox {}", api.base_url()),
            Self::Recording { name, .. } => format!("recording {name}"),
        }
    }

    /// Fetches events until there are no more, or for ever. Ends when nobody takes them any more.
    pub(super) async fn follow(self, is_endless: bool, out: Sender<Fetched>) {
        let ended = match self {
            Self::Sandbox { api, after, skips } => follow_sandbox(&api, after, skips, is_endless, &out).await,
            Self::Recording { reader, verifier, .. } => follow_recording(reader, verifier, is_endless, &out).await,
        };
        if let Err(failure) = ended {
            drop(out.send(Fetched::Failed(failure)).await);
        }
    }
}

async fn follow_sandbox(
    api: &Api,
    mut after: Option<String>,
    mut skips: bool,
    is_endless: bool,
    out: &Sender<Fetched>,
) -> Result<(), Failure> {
    let (mut has_answered, mut is_away) = (false, false);
    loop {
        let path = match &after {
            Some(id) => format!("/v1/testing/events?limit=100&after={}", percent_encoded(id)),
            None => "/v1/testing/events?limit=100".to_owned(),
        };
        let page = match api.get(&path).await {
            Ok(page) => page,
            Err(ApiFailure::Unreachable(message)) if has_answered && is_endless => {
                if !is_away && tell(out, format!("{message}. Waiting for the sandbox.")).await.is_none() {
                    return Ok(());
                }
                is_away = true;
                sleep(LONGER_PAUSE).await;
                continue;
            }
            Err(ApiFailure::Refused { status: 404, .. }) if after.is_some() => {
                let message = "The sandbox does not have the last event that was forwarded, so it was reset or is another one. \
                               Beginning with its first event.";
                if tell(out, message.to_owned()).await.is_none() {
                    return Ok(());
                }
                (after, has_answered) = (None, true);
                continue;
            }
            Err(failure) => return Err(explained(api, failure)),
        };
        if core::mem::take(&mut is_away) && tell(out, "The sandbox answers again.".to_owned()).await.is_none() {
            return Ok(());
        }
        has_answered = true;
        let events = page.as_array().map(Vec::as_slice).unwrap_or_default();
        for event in events {
            let text = |name| event.get(name).and_then(Value::as_str).unwrap_or_default();
            let id = text("id").to_owned();
            after = Some(id.clone());
            let incoming = Incoming {
                event_type: text("type").to_owned(),
                payload: text("payload").as_bytes().into(),
                position: Position::Sandbox { after: id.clone() },
                id,
            };
            if !skips && out.send(Fetched::Event(incoming)).await.is_err() {
                return Ok(());
            }
        }
        if events.is_empty() {
            skips = false;
            if !is_endless {
                return Ok(());
            }
            sleep(PAUSE).await;
        }
    }
}

async fn follow_recording(
    mut reader: Reader,
    verifier: WebhookVerifier,
    is_endless: bool,
    out: &Sender<Fetched>,
) -> Result<(), Failure> {
    loop {
        let sent = match reader.read(&verifier)? {
            Some(Line::Genuine(genuine)) => {
                let position = Position::Recording { offset: reader.offset() };
                let payload = genuine.payload.into();
                let incoming = Incoming { id: genuine.id, event_type: genuine.event_type, payload, position };
                out.send(Fetched::Event(incoming)).await.ok()
            }
            Some(Line::Refused(reason)) => tell(out, format!("not forwarded: {reason}")).await,
            None if is_endless => {
                sleep(PAUSE).await;
                Some(())
            }
            None => None,
        };
        if sent.is_none() {
            return Ok(());
        }
    }
}

/// `None` when nobody listens any more.
async fn tell(out: &Sender<Fetched>, text: String) -> Option<()> {
    out.send(Fetched::Notice(text)).await.ok()
}

fn explained(api: &Api, failure: ApiFailure) -> Failure {
    match failure {
        ApiFailure::Unreachable(message) => Failure::unreachable(format!(
            "{message}. Start a sandbox with payvost-webhooks sandbox, or name another with --sandbox URL."
        )),
        ApiFailure::NotAllowed => not_allowed(api.base_url()),
        ApiFailure::Refused { status: 404, .. } => {
            Failure::usage(format!("{} has no list of events: it is not a sandbox of this version.", api.base_url()))
        }
        ApiFailure::Refused { message, .. } => Failure::usage(format!("the sandbox refuses: {message}")),
    }
}

fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
        encoded
    })
}
