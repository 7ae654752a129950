//! Many deliveries: at their times, a limited number at once, counted and summarized.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use payvost_webhooks::provide::{Answer, Fault, Pace};
use payvost_webhooks_sandbox::deliver::Sender;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use crate::delivery::{Attempt, Delivery, not_allowed, rounded};
use crate::runtime::{INTERRUPTED, interrupted};
use crate::status::{Failure, REFUSED, UNREACHABLE};

/// Deliveries that begin together.
#[derive(Debug)]
pub(crate) struct Batch {
    /// How long after the start.
    pub(crate) due: Duration,
    pub(crate) deliveries: Vec<Delivery>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// With the provider's retries, at this pace.
    pub(crate) retry: Option<Pace>,
    /// How many deliveries are in flight or wait for a retry at once.
    pub(crate) concurrency: usize,
    /// How many deliveries there are, where that is known.
    pub(crate) total: Option<u64>,
    /// Forgeries: a receiver that accepts one fails.
    pub(crate) forged: bool,
    pub(crate) json: bool,
}

enum Message {
    Attempt(Box<Delivery>, Attempt),
    Ended(Answer),
    Failed(Failure),
}

/// Sends all batches, and prints each attempt and a summary.
pub(crate) async fn dispatch(
    batches: impl Iterator<Item = Result<Batch, Failure>> + Send + 'static,
    sender: Sender,
    settings: Settings,
) -> Result<ExitCode, Failure> {
    let (messages, mut inbox) = mpsc::channel(256);
    let feeder = tokio::spawn(feed(batches, sender, settings, messages));
    let mut view = View::new(settings);
    let mut ticks = interval(Duration::from_millis(100));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let stop = interrupted();
    tokio::pin!(stop);
    let is_interrupted = loop {
        tokio::select! {
            message = inbox.recv() => match message {
                None => break false,
                Some(Message::Attempt(delivery, attempt)) => {
                    if attempt.received.answer == Answer::Fault(Fault::DestinationNotAllowed) {
                        view.clear();
                        return Err(not_allowed(&delivery.url));
                    }
                    view.attempt(&delivery, &attempt)?;
                }
                Some(Message::Ended(answer)) => view.tally.end(answer),
                Some(Message::Failed(failure)) => {
                    view.clear();
                    return Err(failure);
                }
            },
            _ = ticks.tick() => view.progress(),
            () = &mut stop => break true,
        }
    };
    feeder.abort();
    view.clear();
    view.tally.show(settings.json, settings.forged, is_interrupted)?;
    Ok(if is_interrupted { ExitCode::from(INTERRUPTED) } else { view.tally.exit_code(settings.forged) })
}

async fn feed(
    batches: impl Iterator<Item = Result<Batch, Failure>> + Send,
    sender: Sender,
    settings: Settings,
    messages: mpsc::Sender<Message>,
) {
    let (start, sender) = (Instant::now(), Arc::new(sender));
    let permits = Arc::new(Semaphore::new(settings.concurrency));
    for batch in batches {
        let batch = match batch {
            Ok(batch) => batch,
            // If nobody listens any more, there is nobody to tell.
            Err(failure) => return drop(messages.send(Message::Failed(failure)).await),
        };
        sleep_until(start + batch.due).await;
        // What belongs together begins together, so it shares a permit.
        let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { return };
        let permit = Arc::new(permit);
        for delivery in batch.deliveries {
            let (sender, messages, permit) = (Arc::clone(&sender), messages.clone(), Arc::clone(&permit));
            tokio::spawn(async move {
                let noted = |attempt| Message::Attempt(Box::new(delivery.clone()), attempt);
                let answer = delivery.send_telling(&sender, settings.retry, &messages, noted).await;
                drop(messages.send(Message::Ended(answer)).await);
                drop(permit);
            });
        }
    }
}

/// What came of the deliveries.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// How many attempts got each answer.
    answers: BTreeMap<String, u64>,
    /// Of the attempts that were answered.
    durations: Vec<Duration>,
    delivered: u64,
    refused: u64,
    unanswered: u64,
}

impl Tally {
    pub(crate) fn attempt(&mut self, attempt: &Attempt) {
        *self.answers.entry(attempt.answer()).or_default() += 1;
        if let Answer::Status(_) = attempt.received.answer {
            self.durations.push(attempt.duration);
        }
    }

    pub(crate) const fn end(&mut self, answer: Answer) {
        let count = match answer {
            Answer::Status(200..=299) => &mut self.delivered,
            Answer::Status(_) => &mut self.refused,
            Answer::Fault(_) => &mut self.unanswered,
        };
        *count += 1;
    }

    const fn ended(&self) -> u64 {
        self.delivered + self.refused + self.unanswered
    }

    /// 3 where nobody answered, 1 where something was refused, or a forgery accepted.
    pub(crate) fn exit_code(&self, forged: bool) -> ExitCode {
        let findings = if forged { self.delivered } else { self.refused };
        match (findings, self.unanswered) {
            (0, 0) => ExitCode::SUCCESS,
            (0, unanswered) if unanswered == self.ended() => ExitCode::from(UNREACHABLE),
            _ => ExitCode::from(REFUSED),
        }
    }

    /// The time that this share of the answers took at most.
    fn percentile(&self, sorted: &[Duration], percent: usize) -> Option<Duration> {
        let rank = (self.durations.len() * percent).div_ceil(100).max(1);
        sorted.get(rank - 1).copied()
    }

    fn sorted(&self) -> Vec<Duration> {
        let mut sorted = self.durations.clone();
        sorted.sort_unstable();
        sorted
    }

    /// Prints the summary.
    pub(crate) fn show(&self, json: bool, forged: bool, is_interrupted: bool) -> Result<(), Failure> {
        let mut output = std::io::stdout().lock();
        if json {
            writeln!(output, "{}", self.as_json(is_interrupted))?;
        } else {
            self.print(&mut output, forged)?;
        }
        Ok(output.flush()?)
    }

    fn as_json(&self, is_interrupted: bool) -> Value {
        let sorted = self.sorted();
        let percentile = |percent| self.percentile(&sorted, percent).map(rounded);
        json!({ "summary": {
            "delivered": self.delivered,
            "refused": self.refused,
            "unanswered": self.unanswered,
            "attempts": self.answers,
            "answeredInMs": { "p50": percentile(50), "p90": percentile(90), "p99": percentile(99), "max": percentile(100) },
            "interrupted": is_interrupted,
        } })
    }

    fn print(&self, output: &mut impl Write, forged: bool) -> std::io::Result<()> {
        let Self { delivered, refused, unanswered, .. } = self;
        if forged {
            writeln!(output, "forged: {delivered} accepted, {refused} refused, {unanswered} without an answer")?;
        } else {
            writeln!(output, "{delivered} delivered, {refused} refused, {unanswered} without an answer")?;
        }
        if self.answers.values().sum::<u64>() > 1 {
            let answers: Vec<String> = self.answers.iter().map(|(answer, count)| format!("{count} × {answer}")).collect();
            writeln!(output, "attempts: {}", answers.join(", "))?;
        }
        let sorted = self.sorted();
        if sorted.len() > 1 {
            let times: Vec<String> = [("p50", 50), ("p90", 90), ("p99", 99), ("max", 100)]
                .into_iter()
                .filter_map(|(name, percent)| Some(format!("{name} {}", shown(self.percentile(&sorted, percent)?))))
                .collect();
            writeln!(output, "answered in: {}", times.join(", "))?;
        }
        Ok(())
    }
}

/// A duration for people.
pub(crate) fn shown(duration: Duration) -> String {
    match duration.as_millis() {
        0..10 => format!("{:.1} ms", duration.as_secs_f64() * 1_000.0),
        milliseconds @ 10..10_000 => format!("{milliseconds} ms"),
        _ => format!("{} s", duration.as_secs()),
    }
}

/// One line for each attempt; of many, a live count on a terminal.
struct View {
    settings: Settings,
    tally: Tally,
    /// Whether standard error is a terminal that shows progress.
    is_live: bool,
    has_line: bool,
}

/// Up to this number, deliveries are shown one by one.
const SHOWN_ONE_BY_ONE: u64 = 20;

impl View {
    fn new(settings: Settings) -> Self {
        let is_live = !settings.json && is_live_terminal() && !Self::one_by_one(settings);
        Self { settings, tally: Tally::default(), is_live, has_line: false }
    }

    fn one_by_one(settings: Settings) -> bool {
        settings.retry.is_some() || settings.total.is_some_and(|total| total <= SHOWN_ONE_BY_ONE)
    }

    fn attempt(&mut self, delivery: &Delivery, attempt: &Attempt) -> Result<(), Failure> {
        self.tally.attempt(attempt);
        let mut output = std::io::stdout().lock();
        if self.settings.json {
            writeln!(output, "{}", attempt.as_json(delivery))?;
        } else if Self::one_by_one(self.settings) {
            writeln!(output, "{}", line(delivery, attempt))?;
        }
        Ok(output.flush()?)
    }

    fn progress(&mut self) {
        if self.is_live {
            let total = self.settings.total.map_or(String::new(), |total| format!(" of {total}"));
            let Tally { delivered, refused, unanswered, .. } = self.tally;
            eprint!(
                "\r\x1b[2K{}{total} sent: {delivered} delivered, {refused} refused, {unanswered} without an answer",
                self.tally.ended()
            );
            self.has_line = true;
        }
    }

    fn clear(&mut self) {
        if core::mem::take(&mut self.has_line) {
            eprint!("\r\x1b[2K");
        }
    }
}

/// An attempt for people.
pub(crate) fn line(delivery: &Delivery, attempt: &Attempt) -> String {
    let mut line = format!("{}  {}  {}", attempt.answer(), delivery.title(), shown(attempt.duration));
    if attempt.number > 1 {
        line.push_str(&format!("  attempt {}", attempt.number));
    }
    if let Some(next) = attempt.next_in {
        line.push_str(&format!("  next in {}", shown(next)));
    }
    if !attempt.received.answer.is_success() && !attempt.response().is_empty() {
        line.push_str(&format!("  {}", attempt.response()));
    }
    line
}

/// Whether standard error shows a line that changes.
fn is_live_terminal() -> bool {
    std::io::stderr().is_terminal()
        && std::env::var_os("CI").is_none()
        && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}
