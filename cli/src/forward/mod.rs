//! `payvost-webhooks forward`

mod cursor;
mod lines;
mod screen;
mod source;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use payvost_webhooks::provide::{Answer, Fault, Pace};
use payvost_webhooks_sandbox::deliver::Sender;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};

use self::cursor::Cursor;
use self::lines::Lines;
use self::screen::{Action, Keys, Screen};
use self::source::{Fetched, Incoming, Position, Source};
use crate::api::Api;
use crate::delivery::{Attempt, Delivery, not_allowed};
use crate::dispatch::Tally;
use crate::input::{DeliveryArguments, SecretArguments, delivery_url, pattern, without_credentials};
use crate::recording::{Reader, RecordedArguments};
use crate::replay::wanted;
use crate::runtime::{block_on, interrupted};
use crate::status::Failure;

/// Forward events from a sandbox, or from a recording, to local receivers
///
/// Each receiver gets what its patterns select, signed with your secret. A sandbox needs no webhook for it. On a terminal, a view of
/// the attempts fills the screen: r sends one again, d shows its details, q ends. Elsewhere, each attempt is a line.
///
/// With --cursor, a file keeps the place: after a pause, nothing is missed. An event whose delivery was interrupted is sent again.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  payvost-webhooks forward --to http://127.0.0.1:3000/webhooks --cursor forward.cursor
  payvost-webhooks forward --to 'payment.*,refund.created=http://127.0.0.1:3000/payments' \\
    --to 'user.*=http://127.0.0.1:3001/users'
  payvost-webhooks forward --recording deliveries.jsonl --once --to http://127.0.0.1:3000/webhooks")]
pub(crate) struct Arguments {
    /// A receiver. Patterns in front of the URL select its events: 'payment.*,user.created=http://127.0.0.1:3000/webhooks'. Can be
    /// repeated
    #[arg(long, value_name = "[PATTERNS=]URL", required = true, value_parser = route)]
    to: Vec<Route>,
    /// Only events of this type or family, for all receivers. Can be repeated
    #[arg(long, value_name = "PATTERN", value_parser = pattern)]
    events: Vec<String>,
    /// Where the sandbox listens
    #[arg(long, value_name = "URL", env = "PAYVOST_BASE_URL", default_value = "http://127.0.0.1:4400", value_parser = delivery_url)]
    sandbox: String,
    /// The sandbox's API key
    #[arg(
        long,
        value_name = "KEY",
        env = "PAYVOST_API_KEY",
        default_value = "sk_test_sandbox",
        hide_env_values = true,
        hide_default_value = true
    )]
    api_key: String,
    /// Forward this recording instead, and what is added to it
    #[arg(long, value_name = "FILE")]
    recording: Option<PathBuf>,
    #[command(flatten)]
    recorded: RecordedArguments,
    /// Keep the place in this file, and go on from there
    #[arg(long, value_name = "FILE")]
    cursor: Option<PathBuf>,
    /// Begin with the sandbox's first event. Without it and --cursor, only new events are forwarded
    #[arg(long)]
    from_start: bool,
    /// End when everything has been forwarded
    #[arg(long)]
    once: bool,
    #[command(flatten)]
    secret: SecretArguments,
    #[command(flatten)]
    delivery: DeliveryArguments,
    /// Send a failed event again when Payvost would: after 5 s, 1 min, 5 min, 30 min and 1 h
    #[arg(long)]
    retry: bool,
    /// How fast the pauses between attempts pass: 60 makes an hour a minute
    #[arg(long, value_name = "X", default_value_t = 1.0, requires = "retry")]
    speed: f64,
    /// Print lines, also on a terminal
    #[arg(long)]
    plain: bool,
    /// Print a line of JSON for each attempt
    #[arg(long)]
    json: bool,
}

/// A receiver and what it gets.
#[derive(Debug, Clone)]
struct Route {
    patterns: Vec<String>,
    url: Arc<str>,
}

fn route(text: &str) -> Result<Route, String> {
    let (patterns, url) = match text.split_once('=') {
        Some((patterns, url)) if !patterns.contains("://") => {
            (patterns.split(',').map(pattern).collect::<Result<_, _>>()?, url)
        }
        _ => (Vec::new(), text),
    };
    Ok(Route { patterns, url: delivery_url(url)?.into() })
}

/// How many events are in flight or wait for a retry at once.
const CONCURRENCY: usize = 64;

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let secret = arguments.secret.read()?;
    payvost_webhooks::sign(b"", &secret).map_err(Failure::from_core)?;
    let pace = Pace::new(arguments.speed).ok_or_else(|| Failure::usage("--speed must be a number from 0.001 to 1000000."))?;
    arguments.to.iter().try_for_each(|route| without_credentials(&route.url))?;
    without_credentials(&arguments.sandbox)?;
    let cursor = arguments.cursor.as_deref().map(Cursor::open).transpose()?;
    let source = source(arguments, &secret, cursor.as_ref())?;
    let forwarder = Forwarder {
        routes: arguments.to.clone(),
        events: arguments.events.clone(),
        headers: arguments.delivery.headers().into(),
        secret,
        sender: Arc::new(arguments.delivery.sender()),
        retry: arguments.retry.then_some(pace),
        is_endless: !arguments.once,
        ledger: Ledger { open: BTreeMap::new(), next: 0, cursor },
        tally: Tally::default(),
    };
    let title = source.title();
    let view = if !arguments.plain && !arguments.json && !arguments.once && screen::fits() {
        View::Screen(Box::new(Screen::open(format!("{title} → {}", receivers(&arguments.to)))?))
    } else {
        View::Lines(Lines { json: arguments.json, is_endless: !arguments.once })
    };
    block_on(forwarder.run(source, view, title))
}

fn source(arguments: &Arguments, secret: &[u8], cursor: Option<&Cursor>) -> Result<Source, Failure> {
    let start = cursor.and_then(Cursor::position);
    if let Some(file) = &arguments.recording {
        let mut reader = Reader::open(file)?;
        if let Some(Position::Sandbox { .. }) = start {
            return Err(Failure::usage("the cursor belongs to a sandbox. Use another --cursor."));
        }
        if let Some(Position::Recording { offset }) = start
            && !reader.seek(*offset)?
        {
            return Err(Failure::usage(
                "the recording is shorter than the cursor says: it is another one. Use another --cursor.",
            ));
        }
        let verifier = arguments.recorded.verifier(secret)?;
        return Ok(Source::Recording { reader, verifier, name: file.display().to_string() });
    }
    let after = match start {
        Some(Position::Sandbox { after }) => Some(after.clone()),
        Some(Position::Recording { .. }) => {
            return Err(Failure::usage("the cursor belongs to a recording. Use another --cursor."));
        }
        None => None,
    };
    let api = Api::new(&arguments.sandbox, arguments.api_key.clone(), arguments.delivery.destinations());
    let skips = after.is_none() && cursor.is_none() && !arguments.from_start && !arguments.once;
    Ok(Source::Sandbox { api, after, skips })
}

fn receivers(routes: &[Route]) -> String {
    routes.iter().map(|route| lines::shown_url(&route.url)).collect::<Vec<_>>().join(", ")
}

enum View {
    Lines(Lines),
    Screen(Box<Screen>),
}

impl View {
    fn attempt(&mut self, delivery: &Delivery, attempt: Attempt) -> Result<(), Failure> {
        match self {
            Self::Lines(lines) => lines.attempt(delivery, &attempt),
            Self::Screen(screen) => {
                screen.attempt(delivery, attempt);
                Ok(())
            }
        }
    }

    fn notice(&mut self, text: String) {
        match self {
            Self::Lines(lines) => lines.notice(&text),
            Self::Screen(screen) => screen.notice(text),
        }
    }
}

enum Message {
    Attempt(Box<Delivery>, Attempt),
    /// Of an event by its number in the ledger, or of one that was sent again by hand.
    Ended(Option<u64>, Answer),
}

/// Which events are still being delivered, so that the cursor never passes one.
struct Ledger {
    /// For each event: deliveries that have not ended, and the place after it.
    open: BTreeMap<u64, (usize, Position)>,
    next: u64,
    cursor: Option<Cursor>,
}

impl Ledger {
    fn begin(&mut self, deliveries: usize, position: Position) -> Result<u64, Failure> {
        let number = self.next;
        self.next += 1;
        self.open.insert(number, (deliveries, position));
        self.settle()?;
        Ok(number)
    }

    fn end(&mut self, number: u64) -> Result<(), Failure> {
        if let Some((deliveries, _)) = self.open.get_mut(&number) {
            *deliveries = deliveries.saturating_sub(1);
        }
        self.settle()
    }

    /// Moves the cursor past all events that have ended, up to the first that has not.
    fn settle(&mut self) -> Result<(), Failure> {
        let mut last = None;
        while let Some(first) = self.open.first_entry() {
            if first.get().0 > 0 {
                break;
            }
            last = Some(first.remove().1);
        }
        match (last, &mut self.cursor) {
            (Some(position), Some(cursor)) => cursor.save(position),
            _ => Ok(()),
        }
    }
}

struct Forwarder {
    routes: Vec<Route>,
    events: Vec<String>,
    headers: Arc<[(String, String)]>,
    secret: Vec<u8>,
    sender: Arc<Sender>,
    retry: Option<Pace>,
    is_endless: bool,
    ledger: Ledger,
    tally: Tally,
}

impl Forwarder {
    async fn run(mut self, source: Source, mut view: View, title: String) -> Result<ExitCode, Failure> {
        let (fetched, mut incoming) = mpsc::channel(1);
        let (messages, mut inbox) = mpsc::channel(256);
        let is_endless = self.is_endless;
        let follower = tokio::spawn(source.follow(is_endless, fetched));
        let mut keys = match &view {
            View::Screen(_) => Keys::listen(),
            View::Lines(lines) => {
                lines.begin(&title, &receivers(&self.routes))?;
                Keys::none()
            }
        };
        let mut ticks = interval(Duration::from_millis(50));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let stop = interrupted();
        tokio::pin!(stop);
        let mut has_more = true;
        while has_more || !self.ledger.open.is_empty() {
            tokio::select! {
                () = &mut stop => break,
                key = keys.next() => if let View::Screen(screen) = &mut view {
                    match screen.key(&key) {
                        Action::Quit => break,
                        Action::Resend(delivery) => self.spawn(*delivery, None, &messages),
                        Action::None => {}
                    }
                },
                fetched = incoming.recv(), if has_more && self.ledger.open.len() < CONCURRENCY => match fetched {
                    None => has_more = false,
                    Some(Fetched::Event(event)) => self.forward(event, &messages)?,
                    Some(Fetched::Notice(text)) => view.notice(text),
                    Some(Fetched::Failed(failure)) => return Err(failure),
                },
                message = inbox.recv() => match message {
                    Some(Message::Attempt(delivery, attempt)) => {
                        if attempt.received.answer == Answer::Fault(Fault::DestinationNotAllowed) {
                            return Err(not_allowed(&delivery.url));
                        }
                        self.tally.attempt(&attempt);
                        view.attempt(&delivery, attempt)?;
                    }
                    Some(Message::Ended(number, answer)) => {
                        self.tally.end(answer);
                        if let Some(number) = number {
                            self.ledger.end(number)?;
                        }
                    }
                    None => break,
                },
                _ = ticks.tick() => if let View::Screen(screen) = &mut view {
                    screen.draw()?;
                },
            }
        }
        follower.abort();
        let json = matches!(&view, View::Lines(lines) if lines.json);
        // The screen closes first.
        drop(view);
        self.tally.show(json, false, false)?;
        Ok(if is_endless { ExitCode::SUCCESS } else { self.tally.exit_code(false) })
    }

    /// Sends an event to the receivers that want it.
    fn forward(&mut self, event: Incoming, messages: &mpsc::Sender<Message>) -> Result<(), Failure> {
        let Incoming { id, event_type, payload, position } = event;
        let wants = |route: &&Route| wanted(&self.events, &event_type) && wanted(&route.patterns, &event_type);
        let urls: Vec<Arc<str>> = self.routes.iter().filter(wants).map(|route| Arc::clone(&route.url)).collect();
        let number = self.ledger.begin(urls.len(), position)?;
        for url in urls {
            let delivery = Delivery {
                name: Some((id.clone(), event_type.clone())),
                url,
                signature: payvost_webhooks::sign(&payload, &self.secret).map_err(Failure::from_core)?,
                payload: Arc::clone(&payload),
                headers: Arc::clone(&self.headers),
            };
            self.spawn(delivery, Some(number), messages);
        }
        Ok(())
    }

    fn spawn(&self, delivery: Delivery, number: Option<u64>, messages: &mpsc::Sender<Message>) {
        let (sender, messages, retry) = (Arc::clone(&self.sender), messages.clone(), self.retry);
        // What is sent again by hand is sent once.
        let retry = if number.is_some() { retry } else { None };
        tokio::spawn(async move {
            let noted = |attempt| Message::Attempt(Box::new(delivery.clone()), attempt);
            let answer = delivery.send_telling(&sender, retry, &messages, noted).await;
            // If nobody listens any more, the command is about to end.
            drop(messages.send(Message::Ended(number, answer)).await);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_has_patterns_in_front_of_its_url() {
        let everything = route("http://127.0.0.1:3000/a?b=c").unwrap();
        assert!(everything.patterns.is_empty());
        assert_eq!(&*everything.url, "http://127.0.0.1:3000/a?b=c");
        let some = route("payment.*,user.created=http://127.0.0.1:3000/a?b=c").unwrap();
        assert_eq!(some.patterns, ["payment.*", "user.created"]);
        assert_eq!(&*some.url, "http://127.0.0.1:3000/a?b=c");
        assert!(route("pay*ment=http://127.0.0.1/").is_err());
        assert!(route("payment.*=127.0.0.1").is_err());
    }

    #[test]
    fn the_cursor_never_passes_an_event_that_has_not_ended() {
        let file = std::env::temp_dir().join(format!("payvost-cursor-{}", std::process::id()));
        let _ = std::fs::remove_file(&file);
        let mut ledger = Ledger { open: BTreeMap::new(), next: 0, cursor: Some(Cursor::open(&file).unwrap()) };
        let at = |offset| Position::Recording { offset };
        let kept = || Cursor::open(&file).unwrap().position().cloned();
        let first = ledger.begin(2, at(1)).unwrap();
        let second = ledger.begin(1, at(2)).unwrap();
        ledger.begin(0, at(3)).unwrap();
        ledger.end(second).unwrap();
        ledger.end(first).unwrap();
        assert_eq!(kept(), None);
        ledger.end(first).unwrap();
        assert_eq!(kept(), Some(at(3)));
        std::fs::remove_file(&file).unwrap();
    }
}
