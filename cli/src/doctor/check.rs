//! A check as data, and how each kind is run.

use std::cell::Cell;
use std::pin::Pin;

use super::exam::Exam;
use super::finding::{Finding, Verdict};
use super::reply::Reply;
use super::request::Request;

/// One question to the receiver.
pub(crate) struct Check {
    /// Stable: programs refer to it.
    pub(crate) code: &'static str,
    /// What is true if it passes.
    pub(crate) title: &'static str,
    pub(crate) remedy: &'static str,
    pub(crate) probe: Probe,
}

/// Checks about one subject.
pub(crate) struct Group {
    pub(crate) title: &'static str,
    pub(crate) checks: &'static [Check],
}

pub(crate) type Examining<'e> = Pin<Box<dyn Future<Output = Finding> + 'e>>;
type Requests = fn(&Exam) -> Vec<Request>;

/// How a check is run, and when it passes.
pub(crate) enum Probe {
    /// Genuine events. Each gets 2xx; otherwise the verdict is the given one.
    Accepts(Verdict, Requests),
    /// Requests of someone without the secret. 2xx lets others send events.
    Forged(Requests),
    /// The same, with a body that takes much room. A server error is only worth a warning.
    Oversized(Requests),
    /// Requests that should be refused, although nobody without the secret can send them.
    Refuses(Requests),
    /// Signed, but not an event. 2xx or 5xx is worth a warning.
    NotAnEvent(Requests),
    /// Either answer is fine, as long as it is not 5xx.
    Either(Requests),
    /// A course of its own.
    Course(for<'e> fn(&'e Exam) -> Examining<'e>),
    /// A course that says something even if the receiver accepts nothing.
    Always(for<'e> fn(&'e Exam) -> Examining<'e>),
    /// Looks at what the other checks saw.
    Review(fn(&Exam) -> Finding),
}

pub(crate) const NOTHING_ACCEPTED: &str = "The receiver does not accept genuine events.";

pub(crate) const ERRORS: &str = "The receiver answers 5xx to forged events in general: see refusal_status.";

impl Check {
    pub(crate) async fn run(&self, exam: &Exam) -> Finding {
        if !exam.accepts()
            && !matches!(self.probe, Probe::Forged(_) | Probe::Oversized(_) | Probe::Always(_) | Probe::Review(_))
        {
            return Finding::skipped(NOTHING_ACCEPTED);
        }
        let finding = match &self.probe {
            Probe::Accepts(verdict, requests) => accepts(exam, *verdict, requests(exam)).await,
            Probe::Forged(requests) => {
                refuses(exam, requests(exam), Finding::forgery, |reply| self.note_odd(exam, reply)).await
            }
            Probe::Refuses(requests) => refuses(exam, requests(exam), Finding::fail, |reply| self.note_odd(exam, reply)).await,
            Probe::Oversized(requests) => oversized(exam, requests(exam)).await,
            Probe::NotAnEvent(requests) => not_an_event(exam, requests(exam)).await,
            Probe::Either(requests) => either(exam, requests(exam)).await,
            Probe::Course(course) => course(exam).await,
            Probe::Always(course) => return course(exam).await,
            Probe::Review(review) => return review(exam),
        };
        match finding.verdict {
            // A receiver that refuses everything refuses forged events too.
            Verdict::Pass if !exam.accepts() => Finding::skipped(NOTHING_ACCEPTED),
            _ if finding.is_suspicious && exam.accepts() => check_up(exam, finding).await,
            _ => finding,
        }
    }

    fn note_odd(&self, exam: &Exam, reply: &Reply) {
        let has_died = exam.accepts_first() && !exam.accepts();
        if let Some(status) = reply.status()
            && !has_died
            && !matches!(status, 200..=299 | 400..=499)
        {
            exam.note(|seen| seen.odd_refusals.push((self.code, status)));
        }
    }
}

/// After something odd, makes sure that the receiver still works. Otherwise everything that follows would fail, and tell nothing.
async fn check_up(exam: &Exam, finding: Finding) -> Finding {
    let reply = exam.send(&exam.maker.event().request()).await;
    if reply.is_accepted() || matches!(reply, Reply::NotSent(_)) {
        return finding;
    }
    exam.set_accepts(false);
    let reason = format!("{} Afterwards, the receiver {} for a genuine event.", finding.reason, reply.describe());
    Finding { verdict: Verdict::Fail, reason, ..finding }
}

async fn accepts(exam: &Exam, otherwise: Verdict, requests: Vec<Request>) -> Finding {
    for request in &requests {
        let reply = exam.deliver(request).await;
        match &reply {
            Reply::NotSent(reason) => return Finding::skipped(*reason),
            reply if !reply.is_accepted() => return Finding::new(otherwise, told(request, reply)),
            _ => {}
        }
    }
    Finding::pass(if requests.len() > 1 { "The receiver accepted each." } else { "The receiver accepted it." })
}

async fn refuses(exam: &Exam, requests: Vec<Request>, otherwise: impl Fn(String) -> Finding, note: impl Fn(&Reply)) -> Finding {
    let mut refusals = Vec::new();
    for request in &requests {
        let reply = exam.send(request).await;
        if reply.is_accepted() {
            return otherwise(told(request, &reply));
        }
        match &reply {
            Reply::NotSent(reason) => return Finding::skipped(*reason),
            Reply::Unreachable(_) => return Finding::skipped(told(request, &reply)),
            Reply::TimedOut(_) => return Finding::warn(told(request, &reply)),
            _ => note(&reply),
        }
        refusals.push(reply);
    }
    refused(&refusals)
}

async fn oversized(exam: &Exam, requests: Vec<Request>) -> Finding {
    let errors = Cell::new(None);
    let note = |reply: &Reply| {
        if reply.is_server_error() {
            errors.set(reply.status());
        }
    };
    let finding = refuses(exam, requests, Finding::forgery, note).await;
    match errors.get() {
        Some(status) if finding.verdict == Verdict::Pass && exam.accepts() && !exam.refuses_with_errors() => {
            Finding::warn(format!("The receiver answered {status}."))
        }
        _ => finding,
    }
}

async fn not_an_event(exam: &Exam, requests: Vec<Request>) -> Finding {
    let mut refusals = Vec::new();
    for request in &requests {
        let reply = exam.send(request).await;
        match &reply {
            Reply::NotSent(reason) => return Finding::skipped(*reason),
            Reply::Unreachable(_) => return Finding::fail(told(request, &reply)),
            reply if reply.is_server_error() && exam.refuses_with_errors() => return Finding::skipped(ERRORS),
            reply if reply.is_accepted() || reply.is_server_error() || matches!(reply, Reply::TimedOut(_) | Reply::Closed) => {
                return Finding::warn(told(request, reply));
            }
            _ => refusals.push(reply),
        }
    }
    refused(&refusals)
}

async fn either(exam: &Exam, requests: Vec<Request>) -> Finding {
    let mut replies = Vec::new();
    for request in &requests {
        let reply = exam.send(request).await;
        match &reply {
            Reply::NotSent(reason) => return Finding::skipped(*reason),
            Reply::Answered(answer) if answer.status < 500 => replies.push(reply),
            reply if reply.is_server_error() && exam.refuses_with_errors() => return Finding::skipped(ERRORS),
            _ => return Finding::warn(told(request, &reply)),
        }
    }
    refused(&replies)
}

fn refused(replies: &[Reply]) -> Finding {
    let is_suspicious = replies.iter().any(|reply| matches!(reply, Reply::Closed));
    Finding { is_suspicious, ..Finding::pass(summary(replies)) }
}

/// A sentence about one reply.
pub(crate) fn told(request: &Request, reply: &Reply) -> String {
    let said = match reply {
        Reply::NotSent(reason) => return (*reason).to_owned(),
        reply => format!("The receiver {}", reply.describe()),
    };
    if request.label.is_empty() { format!("{said}.") } else { format!("{said}: {}.", request.label) }
}

/// "The receiver answered 400." of several replies, each kind once.
fn summary(replies: &[Reply]) -> String {
    let mut kinds: Vec<String> = replies.iter().map(Reply::describe).collect();
    kinds.sort();
    kinds.dedup();
    format!("The receiver {}.", kinds.join(", or "))
}
