//! One delivery, sent once or with the provider's retries.

use std::sync::Arc;
use std::time::Duration;

use payvost_webhooks::provide::{Answer, Fault, Next, Pace, Schedule};
use payvost_webhooks_sandbox::deliver::{Outgoing, Received, Sender};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use crate::status::Failure;

/// An event, signed for a receiver.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    /// The id and the type, if the body has them.
    pub(crate) name: Option<(String, String)>,
    pub(crate) url: Arc<str>,
    pub(crate) payload: Arc<[u8]>,
    /// Empty: the header is left out.
    pub(crate) signature: String,
    pub(crate) headers: Arc<[(String, String)]>,
}

/// One attempt of it.
#[derive(Debug)]
pub(crate) struct Attempt {
    /// 1 for the first one.
    pub(crate) number: u8,
    pub(crate) received: Received,
    pub(crate) duration: Duration,
    /// How long it is until the next one.
    pub(crate) next_in: Option<Duration>,
}

impl Delivery {
    /// Sends it until an attempt succeeds, with the provider's pauses at a pace, or once without one.
    async fn send(&self, sender: &Sender, retry: Option<Pace>, mut noted: impl FnMut(Attempt)) -> Answer {
        let start = Instant::now();
        let mut schedule = Schedule::new(0, retry.unwrap_or_default());
        let mut last = Answer::Fault(Fault::ConnectionReset);
        while let Next::Attempt { number, at } = schedule.next() {
            sleep_until(start + Duration::from_millis(at)).await;
            let begun = Instant::now();
            schedule.begin(milliseconds(begun - start));
            let received = sender.send(&self.outgoing()).await;
            let duration = begun.elapsed();
            last = received.answer;
            schedule.feed(last);
            let next_in = match schedule.next() {
                Next::Attempt { at, .. } if retry.is_some() => Some(Duration::from_millis(at).saturating_sub(start.elapsed())),
                _ => None,
            };
            noted(Attempt { number, received, duration, next_in });
            if retry.is_none() {
                break;
            }
        }
        last
    }

    /// The same, telling each attempt as it ends.
    pub(crate) async fn send_telling<M>(
        &self,
        sender: &Sender,
        retry: Option<Pace>,
        messages: &mpsc::Sender<M>,
        message: impl Fn(Attempt) -> M,
    ) -> Answer {
        let (noted, mut attempts) = mpsc::unbounded_channel();
        let sent = async {
            // The channel is read below, until this ends.
            let answer = self.send(sender, retry, |attempt| drop(noted.send(attempt))).await;
            drop(noted);
            answer
        };
        let told = async {
            while let Some(attempt) = attempts.recv().await {
                // If nobody listens any more, there is nobody to tell.
                drop(messages.send(message(attempt)).await);
            }
        };
        tokio::join!(sent, told).0
    }

    fn outgoing(&self) -> Outgoing<'_> {
        Outgoing { url: &self.url, payload: &self.payload, signature: &self.signature, headers: &self.headers }
    }

    /// Its type and id, or what stands for them.
    pub(crate) fn title(&self) -> String {
        match &self.name {
            Some((id, event_type)) => printable(&format!("{event_type} {id}")),
            None => format!("body of {} bytes", self.payload.len()),
        }
    }

    pub(crate) fn event(&self) -> Value {
        match &self.name {
            Some((id, event_type)) => json!({ "id": id, "type": event_type }),
            None => Value::Null,
        }
    }
}

impl Attempt {
    /// The status, or the word for its absence.
    pub(crate) fn answer(&self) -> String {
        name_of(self.received.answer)
    }

    /// What the receiver wrote, on one line, cut, and without what a terminal would obey.
    pub(crate) fn response(&self) -> String {
        let body = self.received.body.as_deref().unwrap_or_default();
        let mut line: String = printable(body).chars().take(200).collect();
        if body.chars().count() > 200 {
            line.push('…');
        }
        line
    }

    pub(crate) fn as_json(&self, delivery: &Delivery) -> Value {
        let status = match self.received.answer {
            Answer::Status(status) => Some(status),
            Answer::Fault(_) => None,
        };
        json!({
            "event": delivery.event(),
            "attempt": self.number,
            "succeeded": self.received.answer.is_success(),
            "responseCode": status,
            "error": self.received.answer.error(),
            "durationMs": rounded(self.duration),
            "nextAttemptInMs": self.next_in.map(milliseconds),
            "responseBody": self.received.body,
        })
    }
}

/// A status, or the code of a fault.
pub(crate) fn name_of(answer: Answer) -> String {
    match answer {
        Answer::Status(status) => status.to_string(),
        Answer::Fault(fault) => fault.as_str().to_owned(),
    }
}

/// Text from outside without characters that a terminal would obey.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|each| if each.is_control() { ' ' } else { each }).collect::<String>().trim().to_owned()
}

/// A refusal to go on where an address is not allowed.
pub(crate) fn not_allowed(url: &str) -> Failure {
    let uri: Option<hyper::Uri> = url.parse().ok();
    let host = uri.as_ref().and_then(|uri| uri.host()).unwrap_or("the host");
    Failure::usage(format!(
        "{host} does not lead to loopback, so nothing was sent. Allow it with --deliver-to {host}. Link-local addresses are never allowed."
    ))
}

pub(crate) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// In milliseconds, to a hundredth.
pub(crate) fn rounded(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 100_000.0).round() / 100.0
}
