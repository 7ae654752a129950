//! `payvost-webhooks send`

use core::fmt;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use payvost_webhooks::EVENT_TYPES;
use payvost_webhooks::provide::Pace;

use crate::delivery::Delivery;
use crate::dispatch::{Batch, Settings, dispatch};
use crate::event::{EventArguments, fresh_id, nearest_type, now, verified};
use crate::forge::Forgery;
use crate::input::{DeliveryArguments, SecretArguments, body, delivery_url, without_credentials};
use crate::runtime::block_on;
use crate::status::Failure;

/// Send signed events to a receiver
///
/// An event of a documented type is its sample with a new id and the present time. Of any other type, `data` is empty: fill it with
/// --set data='{…}'. A body from a file is sent byte for byte.
///
/// As Payvost does, it waits five seconds for an answer, takes only 2xx as success, and follows no redirect.
///
/// Exit status: 0 when all were delivered, 1 when some were not, 2 for wrong usage, 3 when no answer came. With --forge, 0 when all
/// were refused, and 1 when one was accepted.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  export WEBHOOK_SECRET=whsec_…
  payvost-webhooks send payment.succeeded --to http://127.0.0.1:3000/webhooks
  payvost-webhooks send payment.succeeded --set data.amount=10.00 --to http://127.0.0.1:3000/webhooks
  payvost-webhooks send payment.succeeded --duplicates 4 --to http://127.0.0.1:3000/webhooks
  payvost-webhooks send --body event.json --to http://127.0.0.1:3000/webhooks
  payvost-webhooks send user.created --forge wrong-secret --to http://127.0.0.1:3000/webhooks
  payvost-webhooks send payment.failed --retry --speed 60 --to http://127.0.0.1:3000/webhooks
  payvost-webhooks send payment.created --count 1000 --rate 100 --to http://127.0.0.1:3000/webhooks")]
pub(crate) struct Arguments {
    /// The type of the event, documented or not
    #[arg(value_name = "TYPE", required_unless_present = "body", conflicts_with = "body")]
    event_type: Option<String>,
    /// Send this file. `-` reads standard input
    #[arg(long, value_name = "FILE")]
    body: Option<PathBuf>,
    /// The receiver, query included
    #[arg(long, value_name = "URL", value_parser = delivery_url)]
    to: String,
    #[command(flatten)]
    event: EventArguments,
    #[command(flatten)]
    secret: SecretArguments,
    #[command(flatten)]
    delivery: DeliveryArguments,
    /// How many events to send, each with an id of its own
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    count: u32,
    /// How many events to begin in a second. Without it, one follows the other
    #[arg(long, value_name = "N", value_parser = rate)]
    rate: Option<f64>,
    /// How many events to have in flight at once. Default: 1, or 64 with --rate
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1_024))]
    concurrency: Option<u16>,
    /// Send this number of extra copies of each event, all at the same time
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=1_000))]
    duplicates: u16,
    /// Forge the signature
    #[arg(long, value_name = "HOW", value_enum)]
    forge: Option<Forgery>,
    /// Send a failed event again when Payvost would: after 5 s, 1 min, 5 min, 30 min and 1 h
    #[arg(long)]
    retry: bool,
    /// How fast the pauses between attempts pass: 60 makes an hour a minute
    #[arg(long, value_name = "X", default_value_t = 1.0, requires = "retry")]
    speed: f64,
    /// Print a line of JSON for each attempt, and one with a summary
    #[arg(long)]
    json: bool,
}

fn rate(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|rate| (0.001..=100_000.0).contains(rate))
        .ok_or_else(|| "a rate is a number from 0.001 to 100000 events per second".to_owned())
}

pub(crate) fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    let secret = arguments.secret.read()?;
    let pace = Pace::new(arguments.speed).ok_or_else(|| Failure::usage("--speed must be a number from 0.001 to 1000000."))?;
    without_credentials(&arguments.to)?;
    let source = source(&arguments)?;
    if arguments.count > 1 && arguments.event.id.is_some() {
        return Err(Failure::usage(
            "--id gives one event its id, and --count sends several. Use --duplicates to send one event again.",
        ));
    }
    let settings = Settings {
        retry: arguments.retry.then_some(pace),
        concurrency: usize::from(arguments.concurrency.unwrap_or(if arguments.rate.is_some() { 64 } else { 1 })),
        total: Some(u64::from(arguments.count) * (u64::from(arguments.duplicates) + 1)),
        forged: arguments.forge.is_some(),
        json: arguments.json,
    };
    let maker = Maker {
        source,
        secret,
        url: arguments.to.as_str().into(),
        headers: arguments.delivery.headers().into(),
        forge: arguments.forge,
        copies: usize::from(arguments.duplicates) + 1,
    };
    // The first one is made before anything is sent: mistakes come to light here.
    let first = maker.make()?;
    let sender = arguments.delivery.sender();
    let gap = arguments.rate.map_or(Duration::ZERO, |rate| Duration::from_secs_f64(1.0 / rate));
    let later = (1..arguments.count).map(move |index| Ok(Batch { due: gap * index, deliveries: maker.make()? }));
    let batches = core::iter::once(Ok(Batch { due: Duration::ZERO, deliveries: first })).chain(later);
    block_on(dispatch(batches, sender, settings))
}

/// Where the bodies come from.
enum Source {
    File(Vec<u8>),
    Fresh { event_type: String, changes: EventArguments },
}

fn source(arguments: &Arguments) -> Result<Source, Failure> {
    if let Some(file) = &arguments.body {
        let payload = body(file, &arguments.secret)?;
        if arguments.event.is_empty() {
            return Ok(Source::File(payload));
        }
        let text = String::from_utf8(payload)
            .map_err(|_| Failure::usage("the body is not UTF-8, so nothing in it can be changed. Send it without changes."))?;
        return Ok(Source::File(arguments.event.change(&text)?.into_bytes()));
    }
    let event_type = arguments.event_type.clone().unwrap_or_default();
    if !EVENT_TYPES.contains(&event_type.as_str())
        && let Some(nearest) = nearest_type(&event_type, 3)
    {
        eprintln!("warning: {event_type:?} is not a documented type. Did you mean {nearest}?");
    }
    Ok(Source::Fresh { event_type, changes: arguments.event.clone() })
}

/// Makes deliveries of one kind.
struct Maker {
    source: Source,
    secret: Vec<u8>,
    url: Arc<str>,
    headers: Arc<[(String, String)]>,
    forge: Option<Forgery>,
    copies: usize,
}

impl Maker {
    /// An event and its copies.
    fn make(&self) -> Result<Vec<Delivery>, Failure> {
        let (payload, name) = match &self.source {
            Source::File(payload) => {
                let name = core::str::from_utf8(payload).ok().and_then(|text| verified(text).ok());
                (payload.clone(), name)
            }
            Source::Fresh { event_type, changes } => {
                let text = changes.fresh(event_type, &fresh_id()?, &now())?;
                let name = verified(&text)?;
                (text.into_bytes(), Some(name))
            }
        };
        let signature = payvost_webhooks::sign(&payload, &self.secret).map_err(Failure::from_core)?;
        let mut delivery = Delivery {
            name,
            url: Arc::clone(&self.url),
            payload: payload.into(),
            signature,
            headers: Arc::clone(&self.headers),
        };
        if let Some(forgery) = self.forge {
            forgery.forge(&mut delivery)?;
        }
        Ok(vec![delivery; self.copies])
    }
}

impl fmt::Debug for Maker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Maker").field("url", &self.url).finish_non_exhaustive()
    }
}
