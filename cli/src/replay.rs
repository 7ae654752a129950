//! `payvost-webhooks replay`

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use payvost_webhooks::provide::{Pace, subscribes};
use serde_json::json;

use crate::delivery::{Delivery, printable};
use crate::dispatch::{Batch, Settings, dispatch};
use crate::input::{DeliveryArguments, SecretArguments, delivery_url, pattern, without_credentials};
use crate::recording::{Genuine, Line, Reader, RecordedArguments};
use crate::runtime::block_on;
use crate::status::{Failure, REFUSED};

/// Send recorded deliveries again, signed with your secret
///
/// Only recorded deliveries that verify are sent. Each keeps its bytes and gets a new signature, which is yours and not Payvost's.
///
/// Exit status: 0 when all were delivered, 1 when some were not or did not verify, 2 for wrong usage, 3 when no answer came.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  payvost-webhooks replay deliveries.jsonl --to http://127.0.0.1:3000/webhooks
  payvost-webhooks replay deliveries.jsonl --recorded-secret-file live.txt \\
    --secret-file local.txt --to http://127.0.0.1:3000/webhooks
  payvost-webhooks replay deliveries.jsonl --as-recorded --speed 60 --events 'payment.*' \\
    --to http://127.0.0.1:3000/webhooks")]
pub(crate) struct Arguments {
    /// What payvost-webhooks record has written
    file: PathBuf,
    /// The receiver, query included
    #[arg(long, value_name = "URL", value_parser = delivery_url)]
    to: String,
    /// Only events of this type or family: payment.*. Can be repeated
    #[arg(long, value_name = "PATTERN", value_parser = pattern)]
    events: Vec<String>,
    #[command(flatten)]
    recorded: RecordedArguments,
    #[command(flatten)]
    secret: SecretArguments,
    #[command(flatten)]
    delivery: DeliveryArguments,
    /// With the pauses between the recorded deliveries. Without it, one follows the other
    #[arg(long)]
    as_recorded: bool,
    /// How fast the recorded pauses pass: 60 makes an hour a minute
    #[arg(long, value_name = "X", default_value_t = 1.0, requires = "as_recorded")]
    speed: f64,
    /// How many deliveries to have in flight at once. Default: 1, or 64 with --as-recorded
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1_024))]
    concurrency: Option<u16>,
    /// Print a line of JSON for each attempt, and one with a summary
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let secret = arguments.secret.read()?;
    let verifier = arguments.recorded.verifier(&secret)?;
    Pace::new(arguments.speed).ok_or_else(|| Failure::usage("--speed must be a number from 0.001 to 1000000."))?;
    without_credentials(&arguments.to)?;
    let mut reader = Reader::open(&arguments.file)?;
    let (mut genuine, mut refused) = (Vec::new(), 0_u64);
    while let Some(line) = reader.read(&verifier)? {
        match line {
            Line::Genuine(each) if wanted(&arguments.events, &each.event_type) => genuine.push(each),
            Line::Genuine(_) => {}
            Line::Refused(reason) => {
                refused += 1;
                eprintln!("not replayed: {}", printable(&reason));
            }
        }
    }
    announce(arguments.json, genuine.len(), refused);
    if genuine.is_empty() {
        return Ok(ExitCode::from(if refused > 0 { REFUSED } else { 0 }));
    }
    let settings = Settings {
        retry: None,
        concurrency: usize::from(arguments.concurrency.unwrap_or(if arguments.as_recorded { 64 } else { 1 })),
        total: u64::try_from(genuine.len()).ok(),
        forged: false,
        json: arguments.json,
    };
    let start = genuine.first().map_or(0, |first| first.received_at);
    let (url, headers) = (arguments.to.as_str().into(), arguments.delivery.headers().into());
    let speed = arguments.as_recorded.then_some(arguments.speed);
    let batches = genuine.into_iter().map(move |each| {
        let after = Duration::from_millis(each.received_at.saturating_sub(start));
        let due = speed.map_or(Duration::ZERO, |speed| after.div_f64(speed));
        Ok(Batch { due, deliveries: vec![signed(each, &secret, &url, &headers)?] })
    });
    let status = block_on(dispatch(batches, arguments.delivery.sender(), settings))?;
    Ok(if refused > 0 && status == ExitCode::SUCCESS { ExitCode::from(REFUSED) } else { status })
}

/// Whether an event of this type passes the filters. Without filters, all pass.
pub(crate) fn wanted(patterns: &[String], event_type: &str) -> bool {
    patterns.is_empty() || subscribes(patterns.iter().map(String::as_str), event_type)
}

/// A recorded delivery, signed again.
pub(crate) fn signed(
    recorded: Genuine,
    secret: &[u8],
    url: &std::sync::Arc<str>,
    headers: &std::sync::Arc<[(String, String)]>,
) -> Result<Delivery, Failure> {
    Ok(Delivery {
        signature: payvost_webhooks::sign(&recorded.payload, secret).map_err(Failure::from_core)?,
        name: Some((recorded.id, recorded.event_type)),
        url: url.clone(),
        payload: recorded.payload.into(),
        headers: headers.clone(),
    })
}

fn announce(as_json: bool, genuine: usize, refused: u64) {
    if as_json {
        println!("{}", json!({ "replay": { "deliveries": genuine, "notVerified": refused, "signedAgain": true } }));
    } else {
        eprintln!("{genuine} recorded deliveries, signed again with your secret. {refused} did not verify.");
    }
}
